using System.Globalization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>English for lists, numbers, clock times and lengths of time.</summary>
internal static class English
{
    /// <summary>a, b and c.</summary>
    public static string List(IReadOnlyList<string> words, string last = "and") => words.Count switch
    {
        0 => "",
        1 => words[0],
        _ => $"{string.Join(", ", words.SkipLast(1))} {last} {words[^1]}",
    };

    public static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>1st, 2nd, 3rd, 4th, 11th.</summary>
    public static string Ordinal(int value)
    {
        string ending = (value % 100) is >= 11 and <= 13 ? "th" : (value % 10) switch { 1 => "st", 2 => "nd", 3 => "rd", _ => "th" };
        return Number(value) + ending;
    }

    /// <summary>Second of a day as 02:30, or 02:30:15 when <paramref name="seconds"/> are wanted.</summary>
    public static string Clock(int time, bool seconds) =>
        new TimeOnly(time * TimeSpan.TicksPerSecond).ToString(seconds ? "HH':'mm':'ss" : "HH':'mm", CultureInfo.InvariantCulture);

    /// <summary>Local seconds as 02:30, or 02:30:15 when they are not whole minutes.</summary>
    public static string ClockOf(long local) => Clock((int)(local % CronExpression.SecondsPerDay), local % 60 != 0);

    /// <summary>29 March 2026.</summary>
    public static string Date(long local) => DateOnly.FromDayNumber((int)(local / CronExpression.SecondsPerDay)).ToString("d MMMM yyyy", CultureInfo.InvariantCulture);

    /// <summary>What follows "every": second, 90 seconds, hour, 1 hour 30 minutes.</summary>
    public static string Period(TimeSpan span)
    {
        string words = Length(span);
        return words.StartsWith("1 ", StringComparison.Ordinal) && !words[2..].Contains(' ', StringComparison.Ordinal) ? words[2..] : words;
    }

    /// <summary>1 hour 30 minutes.</summary>
    public static string Length(TimeSpan span)
    {
        List<string> parts = [];
        Add(span.Days, "day");
        Add(span.Hours, "hour");
        Add(span.Minutes, "minute");
        Add(span.Seconds, "second");
        Add(span.Milliseconds, "millisecond");
        return parts.Count == 0 ? "0 seconds" : string.Join(' ', parts);

        void Add(int value, string unit)
        {
            if (value != 0)
            {
                parts.Add($"{Number(value)} {unit}{(value == 1 ? "" : "s")}");
            }
        }
    }

    /// <summary>The set bits in rising order; three or more in a row become one range.</summary>
    public static List<string> Runs(ulong bits, Func<int, string> word, string to = " to ")
    {
        List<string> words = [];
        foreach ((int first, int last) in Runs(bits))
        {
            if (last - first >= 2)
            {
                words.Add(word(first) + to + word(last));
                continue;
            }

            words.Add(word(first));
            if (last > first)
            {
                words.Add(word(last));
            }
        }

        return words;
    }

    /// <summary>First and last of each row of set bits.</summary>
    public static IEnumerable<(int First, int Last)> Runs(ulong bits)
    {
        for (int value = 0; value < 64; value++)
        {
            if (((bits >> value) & 1) == 0)
            {
                continue;
            }

            int first = value;
            while (value < 63 && ((bits >> (value + 1)) & 1) != 0)
            {
                value++;
            }

            yield return (first, value);
        }
    }
}
