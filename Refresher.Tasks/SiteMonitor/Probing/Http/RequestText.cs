using System.Text;
using Refresher.Core.Access;
using Refresher.Core.Http;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>What is sent: the method and headers of a check, and those that the program adds.</summary>
internal sealed class RequestText
{
    // What a redirect to another origin may carry. All others may be secret.
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "Accept", "Accept-Charset", "Accept-Encoding", "Accept-Language", "Cache-Control", "Content-Type", "Pragma", "User-Agent",
    };

    private readonly List<HeaderLine> _headers = [];

    /// <param name="sameOrigin">False after a redirect to another scheme, host or port: what may be secret stays behind.</param>
    public RequestText(HttpCheck check, string method, Uri url, bool sameOrigin)
    {
        Method = method;
        Body = check.Body is { Length: > 0 } body && method is "POST" or "PUT" or "PATCH" ? Encoding.UTF8.GetBytes(check.Body) : [];
        foreach (var line in check.Headers)
        {
            if (HeaderLine.TryParse(line, out var header) && (sameOrigin || Harmless.Contains(header.Name)))
            {
                _headers.Add(header);
            }
        }

        Otherwise("Host", Authority(url));
        Otherwise("User-Agent", UserAgent.Value);
        Otherwise("Accept", "*/*");
        Otherwise("Accept-Encoding", "gzip, br");
        if (sameOrigin && check.Secret is { Length: > 0 } secret)
        {
            Otherwise("Authorization", check.User is { Length: > 0 } user ? "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret}")) : "Bearer " + secret);
        }

        if (Body.Length > 0)
        {
            Otherwise("Content-Type", check.Body!.TrimStart() is ['{' or '[', ..] ? "application/json" : "text/plain; charset=utf-8");
        }
    }

    public string Method { get; }

    public byte[] Body { get; }

    /// <summary>In order, each as it is sent.</summary>
    public IReadOnlyList<HeaderLine> Headers => _headers;

    /// <summary>The whole request for HTTP/1.1 (RFC 9112, 3).</summary>
    public byte[] ToBytes(Uri url)
    {
        var text = new StringBuilder(512).Append(Method).Append(' ').Append(url.PathAndQuery).Append(" HTTP/1.1\r\n");
        foreach (var header in _headers)
        {
            text.Append(header.Name).Append(": ").Append(header.Value).Append("\r\n");
        }

        if (Body.Length > 0 || Method is "POST" or "PUT" or "PATCH")
        {
            text.Append("Content-Length: ").Append(Body.Length).Append("\r\n");
        }

        text.Append("Connection: close\r\n\r\n");
        var head = Encoding.UTF8.GetBytes(text.ToString());
        return Body.Length == 0 ? head : [.. head, .. Body];
    }

    private static string Authority(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? $"[{url.IdnHost}]" : url.IdnHost;
        return url.IsDefaultPort ? host : $"{host}:{url.Port}";
    }

    private void Otherwise(string name, string value)
    {
        foreach (var header in _headers)
        {
            if (header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return;
            }
        }

        _headers.Add(new HeaderLine(name, value));
    }
}
