using System.Numerics;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>The times of day of a cron expression in English.</summary>
internal static class CronTimeWords
{
    private const int Day = CronExpression.SecondsPerDay, Hour = 3600;

    /// <summary>More times than these are not listed one by one.</summary>
    private const int LongestList = 12;

    /// <param name="everyDay">Hours that go on over midnight may be said as one stretch.</param>
    /// <param name="rhythm">The period in seconds when the times are evenly spread over the whole day; otherwise 0.</param>
    public static string Of(CronExpression cron, bool everyDay, out int rhythm)
    {
        CronFields fields = cron.Fields;
        rhythm = 0;
        int count = BitOperations.PopCount(fields.Hours) * BitOperations.PopCount(fields.Minutes) * BitOperations.PopCount(fields.Seconds);
        bool seconds = fields.Seconds != 1;
        IEnumerable<int> times = Times(fields.Hours, fields);
        if (count >= 3 && TryEven(times, out int first, out int last, out int step))
        {
            rhythm = last + step - first == Day ? step : 0;
            return $"Every {English.Period(TimeSpan.FromSeconds(step))}{Span(first, last, step, rhythm != 0, seconds)}";
        }

        if (count <= LongestList)
        {
            return "At " + English.List([.. times.Select(time => English.Clock(time, seconds))]);
        }

        int[] within = [.. Times(1, fields)];
        bool even = within.Length == 1 || (TryEven(within, out int start, out int end, out int pace) && end + pace - start == Hour);
        return (even ? Stretches(fields.Hours, within, everyDay, seconds) : null) ?? Enumerate(fields);
    }

    private static string Span(int first, int last, int step, bool wholeDay, bool seconds) => (wholeDay, step) switch
    {
        (true, _) when first == 0 => "",
        (true, Hour) => first % 60 == 0 ? $" at minute {English.Number(first / 60)}" : $" at minute {English.Number(first / 60)}, second {English.Number(first % 60)}",
        (true, 60) => $" at second {English.Number(first)}",
        _ => $" from {English.Clock(first, seconds)} to {English.Clock(last, seconds)}",
    };

    /// <summary>The same even rhythm in several hours: "Every 5 minutes from 09:00 to 11:55 and from 14:00 to 17:55".</summary>
    /// <param name="within">The seconds of an hour that match.</param>
    private static string? Stretches(uint hours, int[] within, bool everyDay, bool seconds)
    {
        List<(int First, int Last)> runs = [.. English.Runs(hours)];
        if (everyDay && runs.Count > 1 && runs[0].First == 0 && runs[^1].Last == 23)
        {
            runs = [.. runs[1..^1], (runs[^1].First, runs[0].Last)];
        }

        string rhythm = "Every " + English.Period(TimeSpan.FromSeconds(within.Length == 1 ? Hour : within[1] - within[0]));
        if (runs.Count > 3)
        {
            return within.Length == 1 ? null
                : within[0] == 0
                ? $"{rhythm} of {Part(hours, 24, "hour")}"
                : $"{rhythm} from {MinuteOf(within[0])} to {MinuteOf(within[^1])} of {Part(hours, 24, "hour")}";
        }

        return $"{rhythm} {English.List([.. runs.Select(run =>
        {
            string from = English.Clock((run.First * Hour) + within[0], seconds), to = English.Clock((run.Last * Hour) + within[^1], seconds);
            return from == to ? $"at {from}" : $"from {from} to {to}";
        })])}";
    }

    private static string MinuteOf(int time) => $"minute {English.Number(time / 60)}{(time % 60 == 0 ? "" : $", second {English.Number(time % 60)}")}";

    private static string Enumerate(CronFields fields)
    {
        List<string> parts = [];
        if (fields.Seconds != 1)
        {
            parts.Add(Part(fields.Seconds, 60, "second"));
        }

        parts.Add(Part(fields.Minutes, 60, "minute"));
        parts.Add(Part(fields.Hours, 24, "hour"));
        string text = string.Join(" of ", parts);
        return text[0] == 'e' ? "E" + text[1..] : "At " + text;
    }

    private static string Part(ulong bits, int size, string unit)
    {
        int count = BitOperations.PopCount(bits);
        return count == size ? $"every {unit}" : $"{unit}{(count == 1 ? "" : "s")} {English.List(English.Runs(bits, value => English.Number(value)))}";
    }

    private static IEnumerable<int> Times(uint hours, CronFields fields) =>
        from hour in Bits(hours)
        from minute in Bits(fields.Minutes)
        from second in Bits(fields.Seconds)
        select (hour * Hour) + (minute * 60) + second;

    private static IEnumerable<int> Bits(ulong bits)
    {
        for (; bits != 0; bits &= bits - 1)
        {
            yield return BitOperations.TrailingZeroCount(bits);
        }
    }

    /// <summary>Whether at least two times follow each other by one and the same step.</summary>
    private static bool TryEven(IEnumerable<int> times, out int first, out int last, out int step)
    {
        first = last = step = 0;
        int index = 0;
        foreach (int time in times)
        {
            if (index == 0)
            {
                first = time;
            }
            else if (index == 1)
            {
                step = time - first;
            }
            else if (time - last != step)
            {
                return false;
            }

            last = time;
            index++;
        }

        return index >= 2;
    }
}
