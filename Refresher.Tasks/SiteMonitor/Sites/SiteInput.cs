using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using Refresher.Core.Schedules;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>A site as people and programs give it. What is left out is the default.</summary>
public sealed record SiteInput
{
    /// <summary>A site as one would have to give it to get the same, with its secrets masked.</summary>
    public static SiteInput Of(Site site) => new()
    {
        Key = site.Key,
        Name = site.Name,
        Group = site.Group,
        Tags = site.Tags,
        Description = site.Description,
        Enabled = site.Enabled,
        Check = JsonSerializer.SerializeToElement(SiteSecrets.Hide(site.Spec), ScheduleInput.Json),
        Interval = site.Interval,
        FailureThreshold = site.FailureThreshold,
        RecoveryThreshold = site.RecoveryThreshold,
        Recheck = site.Recheck,
    };

    /// <summary>Lower-case words joined by hyphens; null: made from the name.</summary>
    [RegularExpression("^[a-z0-9]+(-[a-z0-9]+)*$", ErrorMessage = "key: lower-case letters, digits and single hyphens only, like main-page.")]
    [StringLength(100, ErrorMessage = "key: at most 100 characters.")]
    public string? Key { get; init; }

    [Required(ErrorMessage = "name is needed: 1 to 200 characters.")]
    [StringLength(200, ErrorMessage = "name: at most 200 characters.")]
    public string? Name { get; init; }

    [StringLength(100, ErrorMessage = "group: at most 100 characters.")]
    public string? Group { get; init; }

    [MaxLength(20, ErrorMessage = "tags: at most 20.")]
    public string[]? Tags { get; init; }

    [StringLength(2000, ErrorMessage = "description: at most 2000 characters.")]
    public string? Description { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>A <c>CheckSpec</c>.</summary>
    public JsonElement? Check { get; init; }

    [Range(typeof(TimeSpan), "00:00:05", "1.00:00:00", ErrorMessage = "interval: 00:00:05 to 1.00:00:00.")]
    public TimeSpan? Interval { get; init; }

    [Range(1, 20, ErrorMessage = "failureThreshold: 1 to 20 checks in a row.")]
    public int? FailureThreshold { get; init; }

    [Range(1, 20, ErrorMessage = "recoveryThreshold: 1 to 20 checks in a row.")]
    public int? RecoveryThreshold { get; init; }

    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00", ErrorMessage = "recheck: 00:00:01 to the interval.")]
    public TimeSpan? Recheck { get; init; }
}
