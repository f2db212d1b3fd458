using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;

namespace Refresher.Core.Http;

/// <summary>
/// <c>/.well-known/security.txt</c> (RFC 9116): whom to tell of a weakness of this installation. There is none until a contact is set.
/// <code>
/// Security: { Contact: "mailto:security@example.org", Policy: "https://example.org/security" }
/// </code>
/// </summary>
public static class SecurityText
{
    public const string Path = "/.well-known/security.txt";

    /// <summary>Said anew at each request: the text is as fresh as the program that says it.</summary>
    private static readonly TimeSpan HoldsFor = TimeSpan.FromDays(180);

    public static void MapSecurityText(this IEndpointRouteBuilder routes) => routes.MapGet(Path, (HttpContext http, IConfiguration configuration, TimeProvider clock) =>
    {
        if (Line(configuration["Security:Contact"]) is not { } contact)
        {
            return Results.NotFound();
        }

        var text = new StringBuilder().Append("Contact: ").AppendLine(contact)
            .Append("Expires: ").AppendLine((clock.GetUtcNow() + HoldsFor).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture))
            .AppendLine("Preferred-Languages: en");
        if (Line(configuration["Security:Policy"]) is { } policy)
        {
            text.Append("Policy: ").AppendLine(policy);
        }

        http.Response.Headers.CacheControl = "public, max-age=3600";
        return Results.Text(text.ToString(), "text/plain", Encoding.UTF8);
    }).AllowAnonymous().RequireRateLimiting(VisitorRate.Policy).ExcludeFromDescription();

    private static string? Line(string? value) => string.IsNullOrWhiteSpace(value) ? null : value.ReplaceLineEndings(" ").Trim();
}
