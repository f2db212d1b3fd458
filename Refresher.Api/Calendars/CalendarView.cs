using Refresher.Core;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Api.Calendars;

/// <summary>A calendar as the Api shows it; with a PUT it may be sent back without its times.</summary>
internal record CalendarView(
    string Name, string Description, string TimeZone, bool Only, IReadOnlyList<string> Rules, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static CalendarView Of(Calendar calendar) =>
        new(calendar.Name, calendar.Description, calendar.TimeZone, calendar.Only, calendar.Rules, calendar.CreatedAt, calendar.UpdatedAt);
}

/// <summary>A calendar with who refers to it.</summary>
internal sealed record CalendarDetails : CalendarView
{
    /// <summary>Keys of schedules that are listed.</summary>
    public const int MostSchedules = 100;

    public CalendarDetails(CalendarView calendar, IReadOnlyList<string> schedules)
        : base(calendar) => Schedules = schedules;

    /// <summary>Keys of the schedules that refer to it, the first 100.</summary>
    public IReadOnlyList<string> Schedules { get; }
}

/// <summary>What a calendar excludes in a month.</summary>
/// <param name="Month">Like <c>2026-12</c>.</param>
internal sealed record MonthView(string Month, IReadOnlyList<DayView> Days)
{
    public static MonthView Of(CalendarRules rules, DateOnly month) => new(
        month.ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture), [.. CalendarMonth.Days(month).Select(day => DayView.Of(day, rules.Day(day)))]);
}

/// <summary>A day of a calendar.</summary>
/// <param name="Excluded">Stretches in which nothing runs, on the calendar's clocks; empty when everything runs.</param>
internal sealed record DayView(string Date, IReadOnlyList<StretchView> Excluded)
{
    public static DayView Of(DateOnly day, IReadOnlyList<CalendarStretch> stretches) => new(
        day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
        [.. stretches.Where(stretch => stretch.Why is not null).Select(stretch => new StretchView(stretch.FromText, stretch.ToText, stretch.Why!))]);
}

/// <summary>A part of a day in which nothing runs.</summary>
/// <param name="From">Like <c>22:00</c>.</param>
/// <param name="To">Up to <c>24:00</c>, itself not included.</param>
internal sealed record StretchView(string From, string To, string Why);

/// <summary>Rules to look at before they are saved.</summary>
internal sealed record CalendarPreviewInput
{
    public string? TimeZone { get; init; }

    public bool? Only { get; init; }

    public string[]? Rules { get; init; }

    /// <summary>Like <c>2026-12</c>; null: this month.</summary>
    public string? Month { get; init; }

    /// <returns>Null with at least one error.</returns>
    public MonthView? Read(DateTimeOffset now, out FieldErrors errors)
    {
        errors = new FieldErrors();
        var month = CalendarMonth.Of(now);
        if (Month is { } text && !CalendarMonth.TryRead(text, out month))
        {
            errors.Add("month", $"month must be {CalendarMonth.WhatIsRight}.");
        }

        var rules = CalendarRules.Read(TimeZone, Only is true, Rules ?? [], errors);
        return rules is null ? null : MonthView.Of(rules, month);
    }
}
