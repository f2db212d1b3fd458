using System.Globalization;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>
/// Reads a line of a calendar: days, weekdays and hours in this order, each of which may be left out, then what it is about after a <c>#</c>.
/// <code>
/// 2026-12-25                       12-24..01-02  # each year, over New Year
/// sat,sun                          mon-fri 18:00-08:00
/// 12-24 14:00-24:00  # Christmas   00:00-06:00,22:00-24:00
/// </code>
/// </summary>
internal static class CalendarRuleReader
{
    /// <summary>Characters a line may have.</summary>
    public const int Longest = 200;

    private const string Forms = "Days like 2026-12-25, 12-25 (each year) or 2026-12-24..2027-01-02, weekdays like mon-fri or sat,sun, and hours like 22:00-06:00; then # and what it is about.";

    private static readonly string[] DayNames = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

    /// <param name="error">A sentence that says what is right; null when the line is.</param>
    public static CalendarRule? Read(string line, out string? error)
    {
        var hash = line.IndexOf('#', StringComparison.Ordinal);
        var parts = (hash < 0 ? line : line[..hash]).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var note = hash < 0 ? "" : line[(hash + 1)..].Trim();
        error = line.Length > Longest ? $"A rule has at most {Longest} characters."
            : line.Any(char.IsControl) ? "A rule is one line without control characters."
            : parts.Length is 0 or > 3 ? $"'{line}' is no rule. {Forms}"
            : null;
        if (error is not null)
        {
            return null;
        }

        DaySpan? days = null;
        byte weekdays = 0;
        List<HourWindow> hours = [];
        var stage = 0;
        foreach (var part in parts)
        {
            var kind = part.Contains(':', StringComparison.Ordinal) ? 3 : char.IsAsciiLetter(part[0]) ? 2 : 1;
            error = kind <= stage
                ? $"'{part}' stands in the wrong place: days come first, then weekdays, then hours, each once."
                : kind switch { 1 => Days(part, out days), 2 => Weekdays(part, out weekdays), _ => Hours(part, hours) };
            if (error is not null)
            {
                return null;
            }

            stage = kind;
        }

        return new CalendarRule(days, weekdays, hours, note.Length == 0 ? null : note);
    }

    private static string? Days(string text, out DaySpan? days)
    {
        days = null;
        var ends = text.Split("..");
        if (ends.Length > 2 || !Day(ends[0], out var first, out var isYearly) || !Day(ends[^1], out var last, out var isLastYearly))
        {
            return $"'{text}' is no day. {Forms}";
        }

        if (isYearly != isLastYearly)
        {
            return $"'{text}': either both ends have a year, or neither has.";
        }

        if (!isYearly && last < first)
        {
            return $"'{text}' ends before it begins.";
        }

        days = new DaySpan(first, last, isYearly);
        return null;
    }

    private static bool Day(string text, out DateOnly day, out bool isYearly)
    {
        isYearly = text.Length == 5;
        return DateOnly.TryParseExact(isYearly ? "2000-" + text : text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day) && (isYearly || day.Year is >= 1970 and <= 9000);
    }

    private static string? Weekdays(string text, out byte weekdays)
    {
        weekdays = 0;
        foreach (var range in text.Split(','))
        {
            var ends = range.Split('-');
            var (first, last) = (IndexOf(ends[0]), IndexOf(ends[^1]));
            if (ends.Length > 2 || first < 0 || last < 0)
            {
                return $"'{range}' is no weekday; they are mon, tue, wed, thu, fri, sat and sun, as a list (sat,sun) or a range (mon-fri).";
            }

            for (var day = first; ; day = (day + 1) % 7)
            {
                weekdays |= (byte)(1 << day);
                if (day == last)
                {
                    break;
                }
            }
        }

        return null;
    }

    private static int IndexOf(string name) =>
        Array.FindIndex(DayNames, day => day.Equals(name, StringComparison.OrdinalIgnoreCase) || (name.Length == 3 && day.StartsWith(name, StringComparison.OrdinalIgnoreCase)));

    private static string? Hours(string text, List<HourWindow> hours)
    {
        foreach (var window in text.Split(','))
        {
            var ends = window.Split('-');
            if (ends.Length != 2 || !Minute(ends[0], out var from) || !Minute(ends[1], out var to) || from == 1440 || to == 0)
            {
                return $"'{window}' are no hours; write 22:00-06:00, from 00:00 to 24:00.";
            }

            if (from == to)
            {
                return $"'{window}' has no length; the whole day is 00:00-24:00, or no hours at all.";
            }

            hours.Add(new HourWindow(from, to));
        }

        return null;
    }

    private static bool Minute(string text, out int minute)
    {
        minute = text == "24:00" ? 1440 : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? (time.Hour * 60) + time.Minute : -1;
        return minute >= 0;
    }
}
