using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Refresher.Core.Access;
using Refresher.Core.Http;

namespace Refresher.Core.Alerts.Channels;

/// <summary>
/// Calls providers: addresses pass the <see cref="AddressGuard"/>, no redirect is followed (a secret must not wander to another host), no
/// cookies, no proxy, and of an answer only its beginning is read.
/// </summary>
internal sealed class ChannelHttp(AddressGuard guard, TimeProvider clock) : IDisposable
{
    private const int ReadBytes = 4096;

    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(12);

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = guard.ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        MaxResponseDrainSize = 0,
        MaxResponseHeadersLength = 32,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>Sends; the answer's text is the status and the beginning of the body.</summary>
    /// <param name="judge">Looks at an answer of 2xx: what it says in its body counts too. Null: 2xx is enough.</param>
    public async Task<ChannelAnswer> SendAsync(HttpRequestMessage request, TimeSpan timeout, CancellationToken cancel, Func<int, string, ChannelAnswer>? judge = null)
    {
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        try
        {
            using var response = await _invoker.SendAsync(request, either.Token);
            var (status, body) = ((int)response.StatusCode, await ReadAsync(response.Content, either.Token));
            var text = $"{status} {response.ReasonPhrase}{(body.Length > 0 ? ": " : "")}{body}";
            return status switch
            {
                >= 200 and < 300 => judge?.Invoke(status, body) ?? ChannelAnswer.Sent(status, text),
                >= 300 and < 400 => ChannelAnswer.Refused(status, $"{status} {response.ReasonPhrase}: redirects are not followed. Set the address to where it leads{(response.Headers.Location is { } to ? $": {to.GetComponents(UriComponents.SchemeAndServer, UriFormat.UriEscaped)}…" : ".")}"),
                408 or 425 or 429 or >= 500 => ChannelAnswer.Again(status, text, After(response.Headers.RetryAfter)),
                _ => ChannelAnswer.Refused(status, text),
            };
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return ChannelAnswer.Again(null, $"No complete answer within {timeout.TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture)} s.");
        }
    }

    /// <summary>A header as people write it; the host and the body's type are not theirs to set here.</summary>
    public static bool TryReadHeader(string line, out HeaderLine header) => HeaderLine.TryParse(line, out header) && header.Name.ToUpperInvariant() is not ("HOST" or "CONTENT-TYPE");

    public static void AddHeaders(HttpRequestMessage request, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            if (TryReadHeader(line, out var header) && !request.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                request.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }
    }

    public static ByteArrayContent Content(byte[] body, string type)
    {
        var content = new ByteArrayContent(body);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return content;
    }

    public void Dispose() => _invoker.Dispose();

    /// <summary>RFC 9110, 10.2.3: seconds or an instant, which is compared with the cluster's clock.</summary>
    private TimeSpan? After(RetryConditionHeaderValue? header)
    {
        var wait = header?.Delta ?? (header?.Date is { } date ? date - clock.GetUtcNow() : null);
        return wait is { } asked ? TimeSpan.FromTicks(Math.Clamp(asked.Ticks, 0, LongestWait.Ticks)) : null;
    }

    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(ReadBytes);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancel);
            var read = await stream.ReadAtLeastAsync(buffer.AsMemory(0, ReadBytes), ReadBytes, throwOnEndOfStream: false, cancel);
            return Encoding.UTF8.GetString(buffer, 0, read).Trim();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
