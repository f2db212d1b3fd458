using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Refresher.Core.Access;
using Refresher.Core.Http;

namespace Refresher.Tasks.HttpRequest;

/// <summary>
/// Sends requests as they are written: no retry handler, no cookies, no proxy, and connections that pass the
/// <see cref="AddressGuard"/>. Redirects are followed here and not by the handler, so that a secret header stays with its host.
/// </summary>
internal sealed class HttpRequestClient(AddressGuard guard) : IDisposable
{
    private const int MostRedirects = 10;

    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = guard.ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        MaxResponseDrainSize = 0,
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
        UseProxy = false,
    });

    /// <summary>The response to the last request of the chain; its body is still to be read.</summary>
    /// <exception cref="HttpRequestException">No answer, or a redirect that is not followed.</exception>
    public async Task<(HttpResponseMessage Response, Uri Url, int Redirects)> SendAsync(HttpRequestTaskOptions options, Guid runId, CancellationToken cancel)
    {
        var first = new Uri(options.Url);
        var url = first;
        var method = HttpMethod.Parse(options.Method);
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(options, method, url, runId, withSecret: SameOrigin(first, url));
            var response = await _invoker.SendAsync(request, cancel);
            if (!options.FollowRedirects || Target(response, url) is not { } next)
            {
                return (response, url, redirects);
            }

            method = MethodAfter(response.StatusCode, method);
            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw new TooManyRedirectsException(MostRedirects, next);
            }

            url = next;
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static HttpRequestMessage Request(HttpRequestTaskOptions options, HttpMethod method, Uri url, Guid runId, bool withSecret)
    {
        var request = new HttpRequestMessage(method, url);
        if (!string.IsNullOrEmpty(options.Body) && method != HttpMethod.Get && method != HttpMethod.Head)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(options.Body));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(options.ContentType, out var type) ? type : null;
        }

        foreach (var line in withSecret && options.SecretHeader is { Length: > 0 } secret ? [.. options.Headers, secret] : options.Headers)
        {
            if (HeaderLine.TryParse(line, out var header) && !request.Headers.TryAddWithoutValidation(header.Name, header.Value))
            {
                request.Content?.Headers.TryAddWithoutValidation(header.Name, header.Value);
            }
        }

        request.Headers.TryAddWithoutValidation(HttpRequestTask.RunIdHeader, runId.ToString());
        if (!request.Headers.Contains("User-Agent"))
        {
            request.Headers.TryAddWithoutValidation("User-Agent", UserAgent.Value);
        }

        return request;
    }

    /// <summary>Where a redirect leads; null when the response is none, or leads away from HTTPS or HTTP.</summary>
    private static Uri? Target(HttpResponseMessage response, Uri from)
    {
        if ((int)response.StatusCode is not (301 or 302 or 303 or 307 or 308) || response.Headers.Location is not { } location)
        {
            return null;
        }

        var target = new Uri(from, location);
        return target.Scheme == "https" || (target.Scheme == "http" && from.Scheme == "http") ? target : null;
    }

    /// <summary>RFC 9110, 15.4: a POST that was moved becomes a GET; "see other" is always got; the rest is repeated as it was.</summary>
    private static HttpMethod MethodAfter(HttpStatusCode status, HttpMethod method) => (int)status switch
    {
        301 or 302 when method == HttpMethod.Post => HttpMethod.Get,
        303 when method != HttpMethod.Head => HttpMethod.Get,
        _ => method,
    };

    private static bool SameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Authority == other.Authority;
}

/// <summary>A chain of redirects had no end.</summary>
internal sealed class TooManyRedirectsException(int most, Uri next)
    : HttpRequestException($"More than {most} redirects; the next would lead to {next}.");
