using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Refresher.Core.Http;

/// <summary>The version of something that people edit, in the headers <c>ETag</c> and <c>If-Match</c> (RFC 9110, 8.8.3 and 13.1.1).</summary>
public static class ETag
{
    public static string Of(uint version) => version.ToString(CultureInfo.InvariantCulture);

    public static void Show(HttpResponse response, uint version) => response.Headers.ETag = $"\"{Of(version)}\"";

    /// <summary>The version that the client has seen; null when it does not say.</summary>
    /// <param name="problem">Set when what it says is no version of ours.</param>
    public static uint? Expected(HttpRequest request, out ProblemHttpResult? problem)
    {
        problem = null;
        var text = request.Headers.IfMatch.ToString();
        if (text is "" or "*")
        {
            return null;
        }

        if (text is ['"', .. var inner, '"'] && uint.TryParse(inner, NumberStyles.None, CultureInfo.InvariantCulture, out var version))
        {
            return version;
        }

        problem = Problems.OfField(StatusCodes.Status400BadRequest, "The request is not right", "If-Match", "If-Match must be the ETag in quotes, as GET gave it.");
        return null;
    }
}
