using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Text;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>One request over HTTP/2 (RFC 9113) on a connection that is already open and belongs to it; the framework's client speaks.</summary>
internal sealed class Http2Exchange(Stream stream, Look look) : IDisposable
{
    private HttpMessageInvoker? _invoker;
    private HttpResponseMessage? _answer;

    /// <exception cref="CheckFailedException">No answer, or none in HTTP/2.</exception>
    public async ValueTask<(HttpHead Head, Stream Body)> AskAsync(RequestText request, Uri url, CancellationToken cancel)
    {
        if (stream is SslStream { NegotiatedApplicationProtocol: var agreed } && agreed != SslApplicationProtocol.Http2)
        {
            throw new CheckFailedException(CheckFault.Protocol, "the server does not offer HTTP/2");
        }

        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = (_, _) => ValueTask.FromResult(stream),
            MaxResponseHeadersLength = 64,
            UseCookies = false,
            UseProxy = false,
        });
        using var message = Message(request, url);
        look.Stage = LookStage.Waiting;
        var began = look.Now;
        try
        {
            _answer = await _invoker.SendAsync(message, cancel);
        }
        catch (HttpRequestException error)
        {
            throw new CheckFailedException(CheckFault.Protocol, $"no answer in HTTP/2: {(error.InnerException ?? error).Message}", error);
        }

        look.FirstByte(began);
        return (HeadOf(_answer), new Body(await _answer.Content.ReadAsStreamAsync(cancel), look));
    }

    public void Dispose()
    {
        _answer?.Dispose();
        _invoker?.Dispose();
    }

    private static HttpRequestMessage Message(RequestText request, Uri url)
    {
        var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), url) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        if (request.Body.Length > 0)
        {
            message.Content = new ByteArrayContent(request.Body);
        }

        foreach (var header in request.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                message.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        return message;
    }

    private static HttpHead HeadOf(HttpResponseMessage answer)
    {
        var head = new HttpHead { Status = (int)answer.StatusCode };
        foreach (var (name, value) in Lines(answer.Headers).Concat(Lines(answer.Content.Headers)))
        {
            if (name is not "transfer-encoding")
            {
                head.Take(Encoding.Latin1.GetBytes(name), Encoding.Latin1.GetBytes(value));
            }
        }

        return head;
    }

    private static IEnumerable<(string Name, string Value)> Lines(HttpHeaders headers) => headers.NonValidated.SelectMany(header => header.Value.Select(value => (header.Key, value)));

    /// <summary>The body, with errors in our words.</summary>
    private sealed class Body(Stream inner, Look look) : ReadOnlyStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            try
            {
                return await inner.ReadAsync(buffer, cancellationToken);
            }
            catch (Exception error) when (error is IOException or HttpRequestException)
            {
                throw new CheckFailedException(CheckFault.Reset, $"the connection ended within the body: {PlainText.Of(look.Bytes ?? 0)} bytes had come", error);
            }
        }
    }
}
