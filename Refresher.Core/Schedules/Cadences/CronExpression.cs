using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Refresher.Core.Schedules.Cadences;

/// <summary>A cron expression: which seconds, minutes, hours and days of a calendar match, without a time zone.</summary>
/// <remarks>
/// Five fields (minute, hour, day of month, month, day of week) or six with seconds first; <c>docs/cadences.md</c> has the grammar.
/// Local times are whole seconds since 0001-01-01T00:00:00 on the clock in question. An expression that was parsed occurs at least once in 400 years.
/// </remarks>
public sealed partial class CronExpression
{
    internal const int SecondsPerDay = 86_400;

    private readonly CronFields _fields;
    private readonly ulong _weekDayPattern;
    private readonly ulong _lastWeekDayPattern;
    private readonly long _timesPerHour;
    private readonly long _timesPerDay;

    private CronExpression(string text, CronFields fields)
    {
        Text = text;
        _fields = fields;
        _weekDayPattern = EachWeek(fields.WeekDays);
        _lastWeekDayPattern = EachWeek(fields.LastWeekDays);
        _timesPerHour = BitOperations.PopCount(fields.Minutes) * BitOperations.PopCount(fields.Seconds);
        _timesPerDay = BitOperations.PopCount(fields.Hours) * _timesPerHour;
    }

    /// <summary>As it was given.</summary>
    public string Text { get; }

    /// <summary>
    /// Whether seconds, minutes or hours are written with <c>*</c>, a range or a step: such an expression is a rhythm, and goes on through both
    /// passes when clocks are put back; any other runs once.
    /// </summary>
    public bool IsIntervalLike => _fields.IsIntervalLike;

    internal CronFields Fields => _fields;

    /// <exception cref="CronFormatException">The message says which field is wrong and what is right.</exception>
    public static CronExpression Parse(string text) =>
        TryParse(text, out CronExpression? expression, out CronError? error) ? expression : throw new CronFormatException(error);

    public static bool TryParse(
        string? text, [NotNullWhen(true)] out CronExpression? expression, [NotNullWhen(false)] out CronError? error)
    {
        error = CronParser.Parse(text, out CronFields fields);
        expression = error is null ? new CronExpression(text!, fields) : null;
        if (expression is not null && expression.NeverOccurs())
        {
            error = new CronError(0, CronParser.NeverOccurs(text!, fields));
            expression = null;
        }

        return expression is not null;
    }

    public override string ToString() => Text;

    /// <summary>The seven weekday bits repeated over six weeks, so that one shift lines them up with any month.</summary>
    private static ulong EachWeek(byte weekDays) => weekDays * 0x8_1020_4081UL;

    /// <summary>The years of a calendar differ in their first weekday and in February only: fourteen kinds, of which 2001 to 2040 has all.</summary>
    private bool NeverOccurs()
    {
        for (int year = 2001; year <= 2040; year++)
        {
            for (int month = 1; month <= 12; month++)
            {
                if (DaysOf(year, month) != 0)
                {
                    return false;
                }
            }
        }

        return true;
    }
}

/// <summary>Why a cron expression was refused.</summary>
/// <param name="Position">Index of the first character of what is wrong.</param>
public sealed record CronError(int Position, string Message);

/// <summary>Thrown for a cron expression that cannot be read.</summary>
public sealed class CronFormatException(CronError error) : FormatException(error.Message)
{
    /// <summary>Index of the first character of what is wrong.</summary>
    public int Position => error.Position;
}

/// <summary>The fields of a cron expression as bits; bit n stands for the value n.</summary>
internal struct CronFields
{
    public ulong Seconds;
    public ulong Minutes;
    public uint Hours;
    public uint Days;
    public ushort Months;

    /// <summary>Bit 0 is Sunday.</summary>
    public byte WeekDays;

    /// <summary>Bit n: the n-th day before the last of the month.</summary>
    public uint DaysBeforeLast;

    /// <summary>Bit n: the weekday nearest to day n.</summary>
    public uint NearestWeekdays;
    public bool LastWeekday;
    public byte LastWeekDays;

    /// <summary>Bit 7 (n - 1) + d: the n-th weekday d of the month.</summary>
    public ulong NthWeekDays;

    /// <summary>The day-of-month field begins with a star (or is a question mark).</summary>
    public bool DayStar;
    public bool WeekDayStar;
    public bool IsIntervalLike;
    public bool HasSeconds;
}
