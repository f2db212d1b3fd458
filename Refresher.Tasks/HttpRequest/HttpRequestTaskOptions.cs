using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Refresher.Core.Contract;
using Refresher.Core.Http;

namespace Refresher.Tasks.HttpRequest;

/// <summary>One HTTP request, and what its answer must be. Named apart from <see cref="System.Net.Http.HttpRequestOptions"/>.</summary>
public sealed record HttpRequestTaskOptions : IValidatableObject
{
    [Description("Where to send it: http:// or https://.")]
    [Required]
    [StringLength(2000)]
    public string Url { get; init; } = "";

    [Description("The request's method.")]
    [AllowedValues("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")]
    public string Method { get; init; } = "GET";

    [Description("Headers, a line each: Name: value.")]
    [MaxLength(50)]
    public IReadOnlyList<string> Headers { get; init; } = [];

    [Description("One more header, kept secret: Authorization: Bearer …. Not sent on to another host by a redirect.")]
    [StringLength(2000)]
    [Secret]
    public string? SecretHeader { get; init; }

    [Description("The request's body; empty: none.")]
    [StringLength(256 * 1024)]
    public string? Body { get; init; }

    [Description("Content type of the body.")]
    [StringLength(200)]
    public string ContentType { get; init; } = "application/json";

    [Description("Status codes that count as success: 200-299, 404.")]
    [Required]
    [StringLength(200)]
    public string ExpectedStatus { get; init; } = "200-299";

    [Description("A regular expression that the first MiB of the answer must match; look-around and back-references are not supported. Empty: anything.")]
    [StringLength(1000)]
    public string? BodyMustMatch { get; init; }

    [Description("Follow up to ten redirects.")]
    public bool FollowRedirects { get; init; } = true;

    [Description("Time limit for the whole answer, redirects included.")]
    [Range(typeof(TimeSpan), "00:00:00.100", "00:15:00")]
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The pattern, linear in the text's length; null for none.</summary>
    /// <exception cref="ArgumentException">Not a regular expression.</exception>
    /// <exception cref="NotSupportedException">Uses what cannot be matched without backtracking.</exception>
    internal Regex? Pattern() => string.IsNullOrEmpty(BodyMustMatch)
        ? null
        : new Regex(BodyMustMatch, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(2));

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.UserInfo.Length > 0)
        {
            yield return new ValidationResult("An absolute http:// or https:// address without user name is needed.", [nameof(Url)]);
        }

        foreach (var line in Headers.Where(line => !IsHeader(line)))
        {
            yield return new ValidationResult($"'{line}' is not a header like 'Name: value' that may be set here.", [nameof(Headers)]);
        }

        if (!string.IsNullOrEmpty(SecretHeader) && !IsHeader(SecretHeader))
        {
            yield return new ValidationResult("Not a header like 'Name: value' that may be set here.", [nameof(SecretHeader)]);
        }

        if (!StatusCodeSet.TryParse(ExpectedStatus, out _))
        {
            yield return new ValidationResult("Codes from 100 to 599 and ranges of them are needed: 200-299, 404.", [nameof(ExpectedStatus)]);
        }

        if (PatternFault() is { } fault)
        {
            yield return new ValidationResult(fault, [nameof(BodyMustMatch)]);
        }
    }

    // The content type and the idempotency key have their own places.
    private static bool IsHeader(string line) => HeaderLine.TryParse(line, out var header)
        && !header.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase) && !header.Name.Equals(HttpRequestTask.RunIdHeader, StringComparison.OrdinalIgnoreCase);

    private string? PatternFault()
    {
        try
        {
            _ = Pattern();
            return null;
        }
        catch (Exception refused) when (refused is ArgumentException or NotSupportedException)
        {
            return refused.Message;
        }
    }
}
