using System.Globalization;
using System.Numerics;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>The days of a cron expression in English.</summary>
internal static class CronDayWords
{
    private const uint AllDays = 0xFFFF_FFFE;
    private const byte AllWeekDays = 0x7F, Weekdays = 0x3E, Weekend = 0x41;
    private const ushort AllMonths = 0x1FFE;
    private const string Month = "{month}";

    private static readonly string[] Nth = ["first", "second", "third", "fourth", "fifth"];

    /// <summary>Empty when every day of the year matches.</summary>
    /// <param name="everyDay">Whether every day of its months matches.</param>
    public static string Of(CronFields fields, out bool everyDay)
    {
        bool anyDay = fields.Days == AllDays, anyWeekDay = fields.WeekDays == AllWeekDays;
        bool both = fields.DayStar || fields.WeekDayStar;
        everyDay = both ? anyDay && anyWeekDay : anyDay || anyWeekDay;
        if (everyDay)
        {
            return InMonths(fields.Months);
        }

        List<string> days = both && anyDay ? OnWeekDays(fields)
            : both && anyWeekDay ? OnDays(fields)
            : both ? [$"{English.List(OnDays(fields))} if it is {English.List(WeekDaysOf(fields, "a "), "or")}"]
            : [.. OnDays(fields), .. WeekDaysOf(fields, "every ").Select(day => "on " + day)];
        string text = English.List(days);
        return fields.Months != AllMonths && days.TrueForAll(day => day.Contains(Month, StringComparison.Ordinal))
            ? text.Replace(Month, English.List(MonthNames(fields.Months)), StringComparison.Ordinal)
            : string.Join(days.Count > 1 ? ", " : " ", new[] { text.Replace(Month, "the month", StringComparison.Ordinal), InMonths(fields.Months) }.Where(part => part.Length > 0));
    }

    private static List<string> OnDays(CronFields fields)
    {
        List<string> parts = [];
        if (fields.Days != 0)
        {
            (int first, int last) = (BitOperations.TrailingZeroCount(fields.Days), BitOperations.Log2(fields.Days));
            bool oneRange = last - first >= 2 && BitOperations.PopCount(fields.Days) == last - first + 1;
            parts.Add(oneRange
                ? $"from the {English.Ordinal(first)} to the {English.Ordinal(last)} of {Month}"
                : $"on the {English.List(English.Runs(fields.Days, English.Ordinal))} of {Month}");
        }

        if (fields.NearestWeekdays != 0)
        {
            parts.Add($"on the weekday nearest to {English.List(Each(fields.NearestWeekdays, day => "the " + English.Ordinal(day)), "and to")} of {Month}");
        }

        parts.AddRange(Each(fields.DaysBeforeLast, before => before switch
        {
            0 => $"on the last day of {Month}",
            1 => $"on the day before the last of {Month}",
            _ => $"on the {English.Ordinal(before)} day before the last of {Month}",
        }));
        if (fields.LastWeekday)
        {
            parts.Add($"on the last weekday of {Month}");
        }

        return parts;
    }

    private static List<string> OnWeekDays(CronFields fields)
    {
        List<string> parts = [];
        switch (fields.WeekDays)
        {
            case 0:
                break;
            case Weekdays:
                parts.Add("on weekdays");
                break;
            case Weekend:
                parts.Add("on weekends");
                break;
            default:
                uint fromMonday = FromMonday(fields.WeekDays);
                parts.Add(TryOneRange(fromMonday, 7, out int first, out int last)
                    ? $"from {DayName(first + 1)} to {DayName(last + 1)}"
                    : $"on {English.List(Each(fromMonday, day => DayName(day + 1)))}");
                break;
        }

        parts.AddRange(SpecialWeekDays(fields).Select(day => "on " + day));
        return parts;
    }

    /// <summary>One phrase a weekday: "a Monday" or "every Monday", "the last Friday of the month".</summary>
    private static List<string> WeekDaysOf(CronFields fields, string article) =>
        fields.WeekDays == Weekdays
            ? [article + "weekday", .. SpecialWeekDays(fields)]
            : [.. Each(FromMonday(fields.WeekDays), day => article + DayName(day + 1)), .. SpecialWeekDays(fields)];

    private static IEnumerable<string> SpecialWeekDays(CronFields fields) =>
    [
        .. Enumerable.Range(0, Nth.Length).SelectMany(nth =>
            Each(FromMonday((byte)((fields.NthWeekDays >> (7 * nth)) & AllWeekDays)), day => $"the {Nth[nth]} {DayName(day + 1)} of {Month}")),
        .. Each(FromMonday(fields.LastWeekDays), day => $"the last {DayName(day + 1)} of {Month}"),
    ];

    private static string InMonths(ushort months)
    {
        // January as bit 0.
        uint bits = (uint)months >> 1;
        return months == AllMonths ? ""
            : TryOneRange(bits, 12, out int first, out int last) ? $"from {MonthName(first + 1)} to {MonthName(last + 1)}"
            : $"in {English.List(MonthNames(months))}";
    }

    private static List<string> MonthNames(ushort months) => [.. Each(months, MonthName)];

    /// <summary>Whether the bits are one row of at least three, which may go on over the end.</summary>
    private static bool TryOneRange(uint bits, int size, out int first, out int last)
    {
        List<(int First, int Last)> runs = [.. English.Runs(bits)];
        bool wraps = runs.Count == 2 && runs[0].First == 0 && runs[1].Last == size - 1;
        (first, last) = wraps ? (runs[1].First, runs[0].Last) : runs.Count == 1 ? runs[0] : (0, 0);
        return (wraps || runs.Count == 1) && BitOperations.PopCount(bits) >= 3;
    }

    private static uint FromMonday(byte weekDays) => (uint)((weekDays >> 1) | ((weekDays & 1) << 6));

    private static List<string> Each(uint bits, Func<int, string> word) =>
        [.. Enumerable.Range(0, 32).Where(value => ((bits >> value) & 1) != 0).Select(word)];

    private static string DayName(int day) => CultureInfo.InvariantCulture.DateTimeFormat.GetDayName((DayOfWeek)(day % 7));

    private static string MonthName(int month) => CultureInfo.InvariantCulture.DateTimeFormat.GetMonthName(month);
}
