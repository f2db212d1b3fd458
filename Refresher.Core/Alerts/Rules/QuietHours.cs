using System.Globalization;
using System.Text.Json;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Alerts.Rules;

/// <summary>Hours in which a rule tells nobody: what becomes due in them waits for their end, and is dropped when it is over by then.</summary>
public sealed record QuietHours
{
    private const string Clock = "HH:mm";

    /// <summary>An IANA name: the clocks by which the hours are read.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>Like <c>22:00</c>.</summary>
    public string From { get; init; } = "";

    /// <summary>Like <c>06:30</c>; earlier than <see cref="From"/>: of the next day.</summary>
    public string To { get; init; } = "";

    /// <summary>Days on which they begin, <c>mon</c> to <c>sun</c>; empty: every day.</summary>
    public string[] Days { get; init; } = [];

    /// <summary>Names of conditions that are told even then, being too grave to wait.</summary>
    public string[] EvenInQuietHours { get; init; } = [];

    internal static IReadOnlyList<string> DayNames { get; } = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    internal static QuietHours FromJson(string json) => JsonSerializer.Deserialize<QuietHours>(json, ScheduleInput.Json)!;

    internal string ToJson() => JsonSerializer.Serialize(this, ScheduleInput.Json);

    /// <summary>The first instant from <paramref name="at"/> on at which may be told.</summary>
    public DateTimeOffset NextAllowed(DateTimeOffset at, string condition)
    {
        if (EvenInQuietHours.Contains(condition) || !TimeZones.TryFind(TimeZone, out var zone))
        {
            return at;
        }

        // Hours that follow on one another are left one by one; there are at most as many as days in a week.
        for (var i = 0; i < 8 && EndOf(at, zone) is { } end; i++)
        {
            at = end;
        }

        return at;
    }

    internal void Check(FieldErrors errors, ConditionCatalog conditions)
    {
        if (!TimeZones.TryFind(TimeZone, out _))
        {
            errors.Add("timeZone", TimeZones.WhatIsRight(TimeZone));
        }

        foreach (var (field, text) in new[] { ("from", From), ("to", To) })
        {
            if (!TimeOnly.TryParseExact(text, Clock, CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            {
                errors.Add(field, $"{field}: a time like 22:00.");
            }
        }

        if (errors.Count == 0 && From == To)
        {
            errors.Add("to", "to: another time than from. To tell nobody at all, switch the rule off.");
        }

        foreach (var day in Days.Where(day => !DayNames.Contains(day)))
        {
            errors.Add("days", $"days: '{day}' is none of {string.Join(", ", DayNames)}.");
        }

        foreach (var name in EvenInQuietHours.Where(name => !conditions.TryFind(name, out _)))
        {
            errors.Add("evenInQuietHours", $"evenInQuietHours: there is no condition '{name}'.");
        }
    }

    /// <returns>When the quiet hours end that <paramref name="at"/> falls into; null when it falls into none.</returns>
    private DateTimeOffset? EndOf(DateTimeOffset at, TimeZoneInfo zone)
    {
        var (from, to) = (TimeOnly.ParseExact(From, Clock, CultureInfo.InvariantCulture), TimeOnly.ParseExact(To, Clock, CultureInfo.InvariantCulture));
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        foreach (var day in new[] { today, today.AddDays(-1) })
        {
            if (Days.Length > 0 && !Days.Contains(DayNames[(int)day.DayOfWeek]))
            {
                continue;
            }

            var (begin, end) = (Instant(day, from, zone), Instant(to <= from ? day.AddDays(1) : day, to, zone));
            if (at >= begin && at < end)
            {
                return end;
            }
        }

        return null;
    }

    /// <summary>A time that the clocks skip is taken as the one they jump to; of one that comes twice the first is meant.</summary>
    private static DateTimeOffset Instant(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(time);
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(15);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
