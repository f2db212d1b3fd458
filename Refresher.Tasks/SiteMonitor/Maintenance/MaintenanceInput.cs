using System.ComponentModel.DataAnnotations;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.SiteMonitor.Maintenance;

/// <summary>A maintenance window as people and programs give it. What is left out is the default.</summary>
public sealed record MaintenanceInput
{
    [Required(ErrorMessage = "title is needed: 1 to 200 characters.")]
    [StringLength(200, ErrorMessage = "title: at most 200 characters.")]
    public string? Title { get; init; }

    /// <summary>For visitors of a status page.</summary>
    [StringLength(2000, ErrorMessage = "text: at most 2000 characters.")]
    public string? Text { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>Once when it is left out.</summary>
    public MaintenanceType? Type { get; init; }

    /// <summary>Once: needed.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Once: needed.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>Weekly: <c>mon</c> to <c>sun</c>.</summary>
    [MaxLength(7, ErrorMessage = "days: at most 7.")]
    public string[]? Days { get; init; }

    /// <summary>Weekly: the time of the day at which it begins, <c>22:30</c>.</summary>
    public string? At { get; init; }

    /// <summary>Cron: when it begins.</summary>
    [StringLength(200, ErrorMessage = "cron: at most 200 characters.")]
    public string? Cron { get; init; }

    /// <summary>Weekly and cron: needed.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "7.00:00:00", ErrorMessage = "duration: 00:01:00 to 7.00:00:00.")]
    public TimeSpan? Duration { get; init; }

    /// <summary>UTC when it is left out.</summary>
    public string? TimeZone { get; init; }

    /// <summary>Every site.</summary>
    public bool? AllSites { get; init; }

    /// <summary>Ids or keys.</summary>
    [MaxLength(500, ErrorMessage = "sites: at most 500; choose by tag or group.")]
    public string[]? Sites { get; init; }

    [MaxLength(20, ErrorMessage = "tags: at most 20.")]
    public string[]? Tags { get; init; }

    [MaxLength(20, ErrorMessage = "groups: at most 20.")]
    public string[]? Groups { get; init; }
}

/// <summary>Checks an input field by field.</summary>
internal static class MaintenanceReader
{
    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    /// <summary>The cron expression of the beginnings; null for once, and where something is wrong.</summary>
    public static string? Read(MaintenanceInput input, FieldErrors errors)
    {
        JsonInput.Validate(input, errors);
        CheckTexts(input, errors);
        var type = input.Type ?? MaintenanceType.Once;
        if (input.To <= input.From)
        {
            errors.Add("to", $"to must be after from ({input.From:O}).");
        }

        if (input.AllSites is not true && input is not { Sites.Length: > 0 } and not { Tags.Length: > 0 } and not { Groups.Length: > 0 })
        {
            errors.Add("sites", "sites: say which: sites, tags, groups, or allSites true.");
        }

        if (input.TimeZone is { } zone && !TimeZones.TryFind(zone, out _))
        {
            errors.Add("timeZone", TimeZones.WhatIsRight(zone));
        }

        Forbid(type != MaintenanceType.Weekly && input.Days is not null, "days", "weekly");
        Forbid(type != MaintenanceType.Weekly && input.At is not null, "at", "weekly");
        Forbid(type != MaintenanceType.Cron && input.Cron is not null, "cron", "cron");
        Forbid(type == MaintenanceType.Once && input.Duration is not null, "duration", "weekly and cron");
        if (type != MaintenanceType.Once && input.Duration is null)
        {
            errors.Add("duration", "duration is needed: 00:01:00 to 7.00:00:00.");
        }

        return type switch
        {
            MaintenanceType.Weekly => Weekly(input, errors),
            MaintenanceType.Cron => Cron(input.Cron, errors),
            _ => Once(input, errors),
        };

        void Forbid(bool isThere, string field, string where)
        {
            if (isThere)
            {
                errors.Add(field, $"{field} belongs to windows of type {where} only.");
            }
        }
    }

    /// <summary>Days and time of the day of a weekly window's expression.</summary>
    public static (string[] Days, string At) WeekOf(string cron)
    {
        var fields = cron.Split(' ');
        return ([.. fields[4].Split(',')], $"{fields[1].PadLeft(2, '0')}:{fields[0].PadLeft(2, '0')}");
    }

    private static string? Once(MaintenanceInput input, FieldErrors errors)
    {
        foreach (var (field, value) in new[] { ("from", input.From), ("to", input.To) })
        {
            if (value is null)
            {
                errors.Add(field, $"{field} is needed: an instant like 2027-01-31T08:00:00Z.");
            }
        }

        return null;
    }

    private static string? Weekly(MaintenanceInput input, FieldErrors errors)
    {
        var days = (input.Days ?? []).Select(day => Array.IndexOf(DayNames, day?.ToLowerInvariant())).ToArray();
        if (days.Length == 0 || days.Contains(-1))
        {
            errors.Add("days", "days are needed: of mon, tue, wed, thu, fri, sat and sun.");
        }

        if (!TimeOnly.TryParseExact(input.At, "HH:mm", System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.None, out var at))
        {
            errors.Add("at", "at is needed: a time of the day like 22:30.");
        }

        return errors.Count > 0 ? null : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{at.Minute} {at.Hour} * * {string.Join(',', days.Distinct().Order().Select(day => DayNames[day]))}");
    }

    private static string? Cron(string? cron, FieldErrors errors)
    {
        foreach (var error in new CronCadence(cron ?? "").Validate())
        {
            errors.Add("cron", error.Message);
        }

        return cron;
    }

    private static void CheckTexts(MaintenanceInput input, FieldErrors errors)
    {
        foreach (var (field, texts) in new[] { ("title", [input.Title ?? ""]), ("text", [input.Text ?? ""]), ("sites", input.Sites ?? []), ("tags", input.Tags ?? []), ("groups", input.Groups ?? []) })
        {
            if (texts.Any(text => text is null || text.Contains('\0', StringComparison.Ordinal) || (texts.Length > 1 && text.Length is 0 or > 2000)))
            {
                errors.Add(field, $"{field}: no empty texts, and no NUL in them.");
            }
        }
    }
}
