using System.Net.Security;
using System.Net.Sockets;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>Looks at a web address: asks as the check says, follows redirects, and judges the last answer.</summary>
internal sealed class HttpProbe(Connector connector, CertificateVerdicts verdicts, AnswerConditions conditions)
{
    private static readonly HttpCheck Plain = new();

    /// <exception cref="CheckFailedException">There was no answer to judge.</exception>
    public async ValueTask LookAsync(CheckSpec spec, Look look, CancellationToken cancel)
    {
        var check = spec.Http ?? Plain;
        var way = new HttpRedirects(new Uri(spec.Target), check);
        while (await AskAsync(check, way, look, cancel))
        {
            // Each step opens a connection of its own, even to the same host.
        }
    }

    /// <returns>Whether the answer led on to another address.</returns>
    private async ValueTask<bool> AskAsync(HttpCheck check, HttpRedirects way, Look look, CancellationToken cancel)
    {
        var (url, request) = (way.Url, new RequestText(check, way.Method, way.Url, way.SameOrigin));
        var socket = await connector.ConnectAsync(url.IdnHost, url.Port, look, cancel);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            var version2 = check.Version == "2";
            if (url.Scheme == "https")
            {
                stream = await new TlsHandshake(verdicts, url.IdnHost, check.VerifyTls, look).SecureAsync(stream, version2 ? SslApplicationProtocol.Http2 : SslApplicationProtocol.Http11, cancel);
            }

            return version2 ? await Ask2Async(stream, url, request, check, way, look, cancel) : await Ask1Async(stream, url, request, check, way, look, cancel);
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    private async ValueTask<bool> Ask1Async(Stream stream, Uri url, RequestText request, HttpCheck check, HttpRedirects way, Look look, CancellationToken cancel)
    {
        using var connection = new HttpConnection(stream, look);
        var head = await connection.AskAsync(request.ToBytes(url), cancel);
        look.StatusCode = head.Status;
        if (way.Follow(head))
        {
            return true;
        }

        if (request.Method == "HEAD" || head.Status is 204 or 304)
        {
            (head.Chunked, head.Length, head.Coding) = (false, 0, null);
        }

        await conditions.JudgeAsync(check, head, new HttpBodyStream(connection, head), look, cancel);
        return false;
    }

    private async ValueTask<bool> Ask2Async(Stream stream, Uri url, RequestText request, HttpCheck check, HttpRedirects way, Look look, CancellationToken cancel)
    {
        using var exchange = new Http2Exchange(stream, look);
        var (head, body) = await exchange.AskAsync(request, url, cancel);
        look.StatusCode = head.Status;
        if (way.Follow(head))
        {
            return true;
        }

        await conditions.JudgeAsync(check, head, body, look, cancel);
        return false;
    }
}
