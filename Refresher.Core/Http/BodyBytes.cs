using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Refresher.Core.Http;

/// <summary>Bytes that a request's body may have. What is longer is refused with 413.</summary>
public static class BodyLimit
{
    public const long Usual = 1024 * 1024;

    public const long ManyRuns = 8 * 1024 * 1024;

    public const long ManySchedules = 16 * 1024 * 1024;

    /// <summary>Up to this a body that is too long is received and thrown away: a client that is still writing does not read the refusal.</summary>
    public const long Received = 32 * 1024 * 1024;
}

/// <summary>A request's body, bounded, as bytes of UTF-8.</summary>
public static class BodyBytes
{
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    /// <exception cref="BadHttpRequestException">It is longer than the end point's limit.</exception>
    public static async Task<MemoryStream> ReadAsync(HttpContext context)
    {
        var limit = context.GetEndpoint()?.Metadata.GetMetadata<IRequestSizeLimitMetadata>()?.MaxRequestBodySize ?? BodyLimit.Usual;
        if (context.Request.ContentLength > limit && context.Request.Headers.Expect.Count > 0)
        {
            throw TooLong();
        }

        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            size.MaxRequestBodySize = BodyLimit.Received;
        }

        var body = new MemoryStream((int)Math.Clamp(context.Request.ContentLength ?? 0, 0, limit));
        var buffer = new byte[64 * 1024];
        while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var read)
        {
            if (body.Length + read > limit)
            {
                await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
                throw TooLong();
            }

            body.Write(buffer, 0, read);
        }

        return body;
    }

    /// <summary>Without the byte order mark that some clients send.</summary>
    public static ReadOnlySpan<byte> Of(MemoryStream body)
    {
        ReadOnlySpan<byte> bytes = body.GetBuffer().AsSpan(0, (int)body.Length);
        return bytes.StartsWith(Mark) ? bytes[Mark.Length..] : bytes;
    }

    private static BadHttpRequestException TooLong() => new("The body is too long.", StatusCodes.Status413PayloadTooLarge);
}
