using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>
/// One line of a calendar: days, weekdays and hours, of which each that is given has to fit. Read by <see cref="CalendarRuleReader"/>.
/// It speaks of what clocks show: a time that comes twice is covered twice, one that does not exist never.
/// </summary>
/// <param name="Days">Null: any day.</param>
/// <param name="Weekdays">Bits from Monday (1) to Sunday (64); 0: any.</param>
/// <param name="Hours">Empty: the whole day. A window that goes over midnight belongs to the day on which it begins.</param>
/// <param name="Note">What it is about, for people; null when the line does not say.</param>
internal sealed record CalendarRule(DaySpan? Days, byte Weekdays, IReadOnlyList<HourWindow> Hours, string? Note)
{
    /// <param name="local">What the clocks of the calendar's zone show.</param>
    public bool Covers(DateTime local)
    {
        var day = DateOnly.FromDateTime(local);
        var minute = local.TimeOfDay.TotalMinutes;
        return Hours.Count == 0 ? IsDay(day) : Hours.Any(window => window.IsOvernight
            ? (minute >= window.From && IsDay(day)) || (minute < window.To && IsDay(day.AddDays(-1)))
            : minute >= window.From && minute < window.To && IsDay(day));
    }

    /// <summary><c>25 December</c>; <c>Monday to Friday, 22:00 to 06:00</c>; <c>Christmas: 24 December to 26 December</c>.</summary>
    public string Words
    {
        get
        {
            List<string> parts = [];
            if (Days is { } days)
            {
                parts.Add(days.ToString());
            }

            if (Weekdays != 0)
            {
                parts.Add(English.List(English.Runs(Weekdays, day => CultureInfo.InvariantCulture.DateTimeFormat.GetDayName((DayOfWeek)((day + 1) % 7)))));
            }

            if (Hours.Count > 0)
            {
                parts.Add(English.List([.. Hours.Select(window => window.ToString())]));
            }

            return (Note is null ? "" : Note + ": ") + string.Join(", ", parts);
        }
    }

    private bool IsDay(DateOnly day) => (Days?.Contains(day) ?? true) && (Weekdays == 0 || ((Weekdays >> (((int)day.DayOfWeek + 6) % 7)) & 1) != 0);
}

/// <summary>Days in a row, both ends included: of one time, or of each year, which may go over New Year.</summary>
/// <param name="IsYearly">Then only month and day of the ends count; their year is a leap year, so that 29 February can be said.</param>
internal readonly record struct DaySpan(DateOnly First, DateOnly Last, bool IsYearly)
{
    public bool Contains(DateOnly day)
    {
        if (!IsYearly)
        {
            return day >= First && day <= Last;
        }

        var (first, last, at) = (InYear(First), InYear(Last), InYear(day));
        return first <= last ? at >= first && at <= last : at >= first || at <= last;
    }

    public override string ToString()
    {
        var form = IsYearly ? "d MMMM" : "d MMMM yyyy";
        var first = First.ToString(form, CultureInfo.InvariantCulture);
        return First == Last ? first : $"{first} to {Last.ToString(form, CultureInfo.InvariantCulture)}";
    }

    private static int InYear(DateOnly day) => (day.Month * 100) + day.Day;
}

/// <summary>A window of a day, in minutes since its midnight.</summary>
/// <param name="From">0 to 1439, included.</param>
/// <param name="To">1 to 1440, not included; less than <paramref name="From"/> when it goes over midnight.</param>
internal readonly record struct HourWindow(int From, int To)
{
    public bool IsOvernight => To < From;

    public override string ToString() => $"{Clock(From)} to {Clock(To)}";

    public static string Clock(int minutes) => string.Create(CultureInfo.InvariantCulture, $"{minutes / 60:00}:{minutes % 60:00}");
}
