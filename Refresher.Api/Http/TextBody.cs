using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using Refresher.Core;

namespace Refresher.Api.Http;

/// <summary>The content types that a body may have, for the description of an end point whose body is read as text.</summary>
internal sealed record BodyTypes(IReadOnlyList<string> All);

/// <summary>A request's body as text.</summary>
internal static class TextBody
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads it.</summary>
    /// <param name="types">What its content type may be.</param>
    /// <returns>The text and its type, which is one of <paramref name="types"/>; or what is wrong with it.</returns>
    /// <exception cref="BadHttpRequestException">It is longer than the end point's limit.</exception>
    public static async Task<(string Text, string Type, ProblemHttpResult? Problem)> ReadAsync(HttpContext context, IReadOnlyList<string> types)
    {
        var sent = MediaTypeHeaderValue.TryParse(context.Request.ContentType, out var header) ? header.MediaType.Value : null;
        if (types.FirstOrDefault(type => type.Equals(sent, StringComparison.OrdinalIgnoreCase)) is not { } known)
        {
            var needed = $"Send the header Content-Type with one of {string.Join(", ", types)}.";
            return ("", "", Problems.Of(StatusCodes.Status415UnsupportedMediaType, "Unsupported media type", needed));
        }

        using var body = await BodyBytes.ReadAsync(context);
        try
        {
            return (Strict.GetString(BodyBytes.Of(body)), known, null);
        }
        catch (DecoderFallbackException)
        {
            return ("", known, Problems.Invalid(new FieldErrors().Add("", "The body is not UTF-8.")));
        }
    }
}
