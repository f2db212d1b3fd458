using System.Globalization;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>Reads cron expressions: finds the fields, fills the bits, and says where and why it cannot.</summary>
internal static class CronParser
{
    private const int LongestText = 256;

    private static readonly Dictionary<string, string> Macros = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@yearly"] = "0 0 1 1 *",
        ["@annually"] = "0 0 1 1 *",
        ["@monthly"] = "0 0 1 * *",
        ["@weekly"] = "0 0 * * 0",
        ["@daily"] = "0 0 * * *",
        ["@midnight"] = "0 0 * * *",
        ["@hourly"] = "0 * * * *",
        ["@every_minute"] = "* * * * *",
        ["@every_second"] = "* * * * * *",
    };

    public static CronError? Parse(string? text, out CronFields fields)
    {
        fields = default;
        if (string.IsNullOrWhiteSpace(text))
        {
            return new CronError(0, "cron is needed: five fields (minute, hour, day of month, month, day of week), for example 30 2 * * 1-5.");
        }

        if (text.Length > LongestText)
        {
            return new CronError(LongestText, $"cron is {text.Length} characters long; at most {LongestText} are read.");
        }

        int start = text.Length - text.AsSpan().TrimStart().Length;
        if (text[start] != '@')
        {
            return ParseFields(text, out fields);
        }

        string macro = text.Trim();
        return Macros.TryGetValue(macro, out string? meaning) ? ParseFields(meaning, out fields) : new CronError(start, UnknownMacro(macro));
    }

    /// <summary>Why an expression that can be read is refused all the same.</summary>
    public static string NeverOccurs(string text, CronFields fields)
    {
        string reason = fields.WeekDayStar && fields.Days != 0 && (fields.NearestWeekdays | fields.DaysBeforeLast) == 0
            ? "none of its months has such a day"
            : "no month of any year has such a day";
        return $"cron '{text.Trim()}' never occurs: {reason}.";
    }

    private static CronError? ParseFields(string text, out CronFields fields)
    {
        fields = default;
        Span<Range> ranges = stackalloc Range[8];
        int count = SplitOnBlanks(text, ranges);
        if (count is not (5 or 6) || text.Contains('=', StringComparison.Ordinal))
        {
            return new CronError(0, WrongCount(text, count));
        }

        fields.HasSeconds = count == 6;
        fields.Seconds = 1;
        ReadOnlySpan<CronFieldSpec> specs = CronFieldSpec.All.AsSpan(6 - count);
        for (int i = 0; i < count; i++)
        {
            (int offset, int length) = ranges[i].GetOffsetAndLength(text.Length);
            CronFieldReader reader = new(text.AsSpan(offset, length), offset, specs[i]);
            if (reader.Read() is { } error)
            {
                return error;
            }

            reader.Store(ref fields);
        }

        return null;
    }

    /// <summary>Fills at most <paramref name="ranges"/>' length; the last then stands for all the rest.</summary>
    private static int SplitOnBlanks(string text, Span<Range> ranges)
    {
        int count = 0, at = 0;
        while (true)
        {
            while (at < text.Length && text[at] is ' ' or '\t')
            {
                at++;
            }

            if (at == text.Length || count == ranges.Length)
            {
                return count;
            }

            int start = at;
            while (at < text.Length && text[at] is not (' ' or '\t'))
            {
                at++;
            }

            ranges[count++] = start..at;
        }
    }

    private static string WrongCount(string text, int count) =>
        text.Contains('=', StringComparison.Ordinal)
            ? "cron takes no variables such as CRON_TZ=; the time zone has its own field, timeZone."
            : count == 7
            ? "cron has 7 fields; years cannot be given: five fields (minute, hour, day of month, month, day of week), or six with seconds first."
            : string.Create(CultureInfo.InvariantCulture,
                $"cron has {(count == 8 ? "more than 7" : count)} field{(count == 1 ? "" : "s")}; it takes five (minute, hour, day of month, month, day of week), or six with seconds first.");

    private static string UnknownMacro(string macro) =>
        macro.StartsWith("@every ", StringComparison.OrdinalIgnoreCase)
            ? "cron takes no @every; use the cadence {\"type\":\"every\",\"every\":\"00:05:00\"}."
            : macro.Equals("@reboot", StringComparison.OrdinalIgnoreCase)
            ? "cron takes no @reboot: a schedule is not bound to the start of a machine."
            : $"cron '{macro}' is not known; there are {string.Join(", ", Macros.Keys)}.";
}

/// <summary>What one field of a cron expression may hold.</summary>
internal sealed record CronFieldSpec(CronFieldKind Kind, string Name, int First, int Last, string[] Words)
{
    public static readonly CronFieldSpec[] All =
    [
        new(CronFieldKind.Second, "second", 0, 59, []),
        new(CronFieldKind.Minute, "minute", 0, 59, []),
        new(CronFieldKind.Hour, "hour", 0, 23, []),
        new(CronFieldKind.Day, "day of month", 1, 31, []),
        new(CronFieldKind.Month, "month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]),
        new(CronFieldKind.WeekDay, "day of week", 0, 7, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]),
    ];

    /// <summary>How many values there are; Sunday, being 0 and 7, counts once.</summary>
    public int Size => Kind == CronFieldKind.WeekDay ? 7 : Last - First + 1;

    public string Allowed => Kind switch
    {
        CronFieldKind.Day => "1 to 31, L, L-3, LW or 15W",
        CronFieldKind.Month => "1 to 12 or JAN to DEC",
        CronFieldKind.WeekDay => "0 to 7 (Sunday is 0 or 7), SUN to SAT, 5L or 5#3",
        _ => string.Create(CultureInfo.InvariantCulture, $"{First} to {Last}"),
    };
}

internal enum CronFieldKind
{
    Second,
    Minute,
    Hour,
    Day,
    Month,
    WeekDay,
}
