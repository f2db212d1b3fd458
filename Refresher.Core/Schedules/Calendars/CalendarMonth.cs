using System.Globalization;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>A month to look at, as its first day.</summary>
public static class CalendarMonth
{
    public const string WhatIsRight = "a month like 2026-12, from 1970-01 to 9000-12";

    public static DateOnly Of(DateTimeOffset at) => new(at.Year, at.Month, 1);

    public static bool TryRead(string text, out DateOnly month) =>
        DateOnly.TryParseExact(text, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out month) && month.Year is >= 1970 and <= 9000;

    public static IEnumerable<DateOnly> Days(DateOnly month) => Enumerable.Range(0, DateTime.DaysInMonth(month.Year, month.Month)).Select(month.AddDays);
}
