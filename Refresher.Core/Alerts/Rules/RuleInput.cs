using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Alerts.Rules;

/// <summary>A rule as people and programs give it. What is left out is the default.</summary>
public sealed record RuleInput
{
    [Required(ErrorMessage = "name is needed: 1 to 100 characters.")]
    [StringLength(100, ErrorMessage = "name: at most 100 characters.")]
    [RegularExpression(@"^[^\x00-\x1f]*$", ErrorMessage = "name: no control characters.")]
    public string? Name { get; init; }

    /// <summary>Null: true.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Names of conditions, at least one.</summary>
    public string[]? Conditions { get; init; }

    /// <summary>Only subjects with one of these tags or among <see cref="Subjects"/>; both empty: all.</summary>
    public string[]? Tags { get; init; }

    public string[]? Subjects { get; init; }

    /// <summary>Ids of channels, at least one.</summary>
    public Guid[]? Channels { get; init; }

    /// <summary>Null: at once.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00", ErrorMessage = "after: 00:00:00 to 1.00:00:00.")]
    public TimeSpan? After { get; init; }

    /// <summary>Null: 1.</summary>
    [Range(1, 100, ErrorMessage = "times: 1 to 100.")]
    public int? Times { get; init; }

    /// <summary>Null: no reminders.</summary>
    [Range(typeof(TimeSpan), "00:05:00", "7.00:00:00", ErrorMessage = "reminderEvery: 00:05:00 to 7.00:00:00.")]
    public TimeSpan? ReminderEvery { get; init; }

    /// <summary>Null: true.</summary>
    public bool? Recovery { get; init; }

    /// <summary>Null: none.</summary>
    public QuietHours? QuietHours { get; init; }

    public static RuleInput Of(AlertRule rule) => new()
    {
        Name = rule.Name,
        Enabled = rule.Enabled,
        Conditions = rule.Conditions,
        Tags = rule.Tags,
        Subjects = rule.Subjects,
        Channels = rule.Channels,
        After = rule.After,
        Times = rule.Times,
        ReminderEvery = rule.ReminderEvery,
        Recovery = rule.Recovery,
        QuietHours = rule.QuietHours,
    };

    internal void Check(ConditionCatalog catalog, FieldErrors errors)
    {
        JsonInput.Validate(this, errors);
        if (Conditions is not { Length: > 0 })
        {
            errors.Add("conditions", $"conditions: at least one of {string.Join(", ", catalog.All.Select(condition => condition.Name))}.");
        }

        foreach (var name in (Conditions ?? []).Where(name => name is null || !catalog.TryFind(name, out _)))
        {
            errors.Add("conditions", $"conditions: there is no condition '{name}'. There are: {string.Join(", ", catalog.All.Select(condition => condition.Name))}.");
        }

        if (Times is > 1 && !(Conditions ?? []).Any(name => name is not null && catalog.TryFind(name, out var condition) && condition.Counted))
        {
            errors.Add("times", $"times: none of these conditions is counted. Those that are: {string.Join(", ", catalog.All.Where(condition => condition.Counted).Select(condition => condition.Name))}.");
        }

        CheckList("tags", Tags, 50, 100, errors);
        CheckList("subjects", Subjects, 200, 200, errors);
        if (Channels is not { Length: > 0 and <= 20 })
        {
            errors.Add("channels", "channels: the ids of 1 to 20 channels; GET /api/v1/channels lists them.");
        }

        if (QuietHours is { } quiet)
        {
            var wrong = new FieldErrors();
            (quiet with { Days = quiet.Days ?? [], EvenInQuietHours = quiet.EvenInQuietHours ?? [] }).Check(wrong, catalog);
            errors.AddAll(wrong, "quietHours");
        }
    }

    private static void CheckList(string field, string?[]? texts, int most, int longest, FieldErrors errors)
    {
        if (texts?.Length > most)
        {
            errors.Add(field, $"{field}: at most {most}.");
        }

        if ((texts ?? []).Any(text => string.IsNullOrWhiteSpace(text) || text.Length > longest || text.Contains('\0', StringComparison.Ordinal)))
        {
            errors.Add(field, $"{field}: texts of 1 to {longest} characters.");
        }
    }
}
