using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Refresher.Ui.Public;

/// <summary>An answer for everybody, made once: its bytes, compressed at the first wish, and what names this version of it.</summary>
public sealed class PublicAnswer
{
    public const string Html = "text/html; charset=utf-8";
    public const string Json = "application/json; charset=utf-8";
    public const string Svg = "image/svg+xml; charset=utf-8";

    /// <summary>Less than this does not become smaller on the wire.</summary>
    private const int WorthCompressing = 860;

    private const string PagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'; sandbox";

    private readonly byte[] _plain;
    private readonly Lazy<byte[]> _brotli;
    private readonly Lazy<byte[]> _gzip;
    private readonly string _type;
    private readonly string _tag;
    private readonly DateTimeOffset _madeAt;
    private readonly int _status;

    public PublicAnswer(byte[] content, string type, DateTimeOffset madeAt, int status = StatusCodes.Status200OK)
    {
        (_plain, _type, _status) = (content, type, status);

        // HTTP tells instants by the second (RFC 9110, 5.6.7).
        _madeAt = new DateTimeOffset(madeAt.UtcTicks - (madeAt.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);
        _tag = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12));
        _brotli = new(() => Compress(stream => new BrotliStream(stream, CompressionLevel.Optimal)));
        _gzip = new(() => Compress(stream => new GZipStream(stream, CompressionLevel.Optimal)));
    }

    public static PublicAnswer Text(string content, string type, DateTimeOffset madeAt, int status = StatusCodes.Status200OK) => new(Encoding.UTF8.GetBytes(content), type, madeAt, status);

    /// <summary>Sends it, or only that the client has it already.</summary>
    /// <param name="maxAge">How long a browser or a cache may keep it without asking.</param>
    public Task SendAsync(HttpContext http, TimeSpan maxAge)
    {
        var (request, headers) = (http.Request, http.Response.Headers);
        var (encoding, bytes) = Encoded(http);
        var tag = $"\"{_tag}{(encoding is null ? "" : "-" + encoding)}\"";
        var seconds = (int)maxAge.TotalSeconds;

        // Nobody may keep it longer, not even when this program is gone: an old green is worse than none.
        headers.CacheControl = _status == StatusCodes.Status200OK ? $"public, max-age={seconds}, must-revalidate" : $"public, max-age={Math.Min(seconds, 5)}";
        if (_status == StatusCodes.Status503ServiceUnavailable)
        {
            headers.RetryAfter = "2";
        }

        headers.Vary = "Accept-Encoding";
        headers.ETag = tag;
        headers.LastModified = HeaderUtilities.FormatDate(_madeAt);
        headers.XContentTypeOptions = "nosniff";
        headers.ContentSecurityPolicy = _type == Html ? PagePolicy : DataPolicy;
        if (_type != Html)
        {
            // Badges and figures are for other people's pages.
            headers["Cross-Origin-Resource-Policy"] = "cross-origin";
            headers.AccessControlAllowOrigin = "*";
        }

        http.Response.StatusCode = _status;
        if (_status == StatusCodes.Status200OK && IsKnown(http, tag))
        {
            http.Response.StatusCode = StatusCodes.Status304NotModified;
            return Task.CompletedTask;
        }

        http.Response.ContentType = _type;
        http.Response.ContentLength = bytes.Length;
        if (encoding is not null)
        {
            headers.ContentEncoding = encoding;
        }

        return HttpMethods.IsHead(request.Method) ? Task.CompletedTask : http.Response.Body.WriteAsync(bytes, 0, bytes.Length, http.RequestAborted);
    }

    /// <summary>If-None-Match counts before If-Modified-Since (RFC 9110, 13.2.2).</summary>
    private bool IsKnown(HttpContext http, string tag)
    {
        var request = http.Request;
        if (request.Headers.IfNoneMatch.Count > 0)
        {
            return request.Headers.IfNoneMatch.ToString().Split(',', StringSplitOptions.TrimEntries).Any(known => known == "*" || known == tag || known == "W/" + tag);
        }

        return request.GetTypedHeaders().IfModifiedSince is { } since && since >= _madeAt;
    }

    private (string? Encoding, byte[] Bytes) Encoded(HttpContext http)
    {
        var wanted = http.Request.Headers.AcceptEncoding.ToString();
        return _plain.Length < WorthCompressing || wanted.Length == 0 ? (null, _plain)
            : Takes(wanted, "br") ? ("br", _brotli.Value)
            : Takes(wanted, "gzip") ? ("gzip", _gzip.Value)
            : (null, _plain);
    }

    private static bool Takes(string wanted, string encoding) => wanted.Split(',', StringSplitOptions.TrimEntries).Any(one =>
        one.StartsWith(encoding, StringComparison.OrdinalIgnoreCase) && (one.Length == encoding.Length || (one[encoding.Length] == ';' && !one.EndsWith("q=0", StringComparison.Ordinal))));

    private byte[] Compress(Func<Stream, Stream> make)
    {
        using var target = new MemoryStream(_plain.Length / 4);
        using (var stream = make(target))
        {
            stream.Write(_plain);
        }

        return target.ToArray();
    }
}
