using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Alerts;

/// <summary>How people are told. Section <c>Alerts</c>.</summary>
public sealed record AlertOptions : IValidatableObject
{
    public const string Section = "Alerts";

    /// <summary>Where the admin is reached from outside, for links in messages: <c>https://refresher.example.org</c>. Null: messages carry no link.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>How long a delivery that is being sent belongs to one worker; one that died in between is made up for by another afterwards. 1 to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:10:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>A page of the admin as seen from outside; null without <see cref="PublicUrl"/> or without a path.</summary>
    public string? LinkTo(string? path) =>
        PublicUrl is null || path is not ['/', ..] ? null : PublicUrl.AbsoluteUri.TrimEnd('/') + path;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl is { } url && (!url.IsAbsoluteUri || url.Scheme is not ("http" or "https")))
        {
            yield return new ValidationResult($"{Section}:{nameof(PublicUrl)} must begin with http:// or https://.", [nameof(PublicUrl)]);
        }
    }
}
