namespace Refresher.Core.Schedules.Cadences;

/// <summary>A stretch of time in which a zone's clocks run evenly. Instants and local times are seconds since 0001-01-01.</summary>
/// <param name="Start">First instant.</param>
/// <param name="End">First instant after it.</param>
/// <param name="Offset">Local time less UTC, in seconds.</param>
/// <param name="Reached">
/// The local time that clocks had reached before it began: less than <see cref="LocalStart"/> when they were put forward
/// (what lies between does not exist), more when they were put back (what lies between comes again).
/// </param>
internal readonly record struct ZoneStretch(long Start, long End, int Offset, long Reached)
{
    public long LocalStart => Start + Offset;

    public long LocalEnd => End + Offset;
}

/// <summary>The changes of a zone's clocks, found once a year from <see cref="TimeZoneInfo"/> and kept.</summary>
internal sealed class ZoneTimeline
{
    private const int FirstKept = 1970, LastKept = 2199;
    private const int Day = CronExpression.SecondsPerDay;

    /// <summary>Changes are looked for in steps: two changes that undo each other within one are not seen (the time zone database has none such since 1900).</summary>
    private const int Step = Day / 2;

    private readonly ZoneStretch[]?[] _years = new ZoneStretch[]?[LastKept - FirstKept + 1];
    private readonly ZoneStretch? _only;

    public ZoneTimeline(TimeZoneInfo zone)
    {
        Zone = zone;
        if (!zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0)
        {
            int offset = (int)zone.BaseUtcOffset.TotalSeconds;
            _only = new ZoneStretch(FirstInstant, LastInstant + 1, offset, FirstInstant + offset);
        }
    }

    /// <summary>Start of 1900: nothing is calculated before it.</summary>
    public static long FirstInstant { get; } = YearStart(1900);

    /// <summary>Last second of 9997: nothing is calculated after it, which leaves room for offsets and gaps.</summary>
    public static long LastInstant { get; } = YearStart(9998) - 1;

    public TimeZoneInfo Zone { get; }

    /// <summary>The stretch that holds an instant between <see cref="FirstInstant"/> and <see cref="LastInstant"/>; cut at the turns of UTC years.</summary>
    public ZoneStretch At(long instant)
    {
        if (_only is { } only)
        {
            return only;
        }

        ZoneStretch[] stretches = OfYear(DateOnly.FromDayNumber((int)(instant / Day)).Year);
        int index = stretches.Length - 1;
        while (stretches[index].Start > instant)
        {
            index--;
        }

        return stretches[index];
    }

    private ZoneStretch[] OfYear(int year) => year is < FirstKept or > LastKept
        ? Find(year)
        : Volatile.Read(ref _years[year - FirstKept]) ?? (_years[year - FirstKept] = Find(year));

    private ZoneStretch[] Find(int year)
    {
        // Begins some days early to learn what local time had been reached when the year began.
        long start = YearStart(year) - (4 * Day), end = YearStart(year + 1);
        List<ZoneStretch> found = [];
        long reached = start + OffsetAt(start);
        while (start < end)
        {
            int offset = OffsetAt(start);
            long change = FirstChange(start, offset, end);
            if (change > YearStart(year))
            {
                long clipped = Math.Max(start, YearStart(year));
                found.Add(new ZoneStretch(clipped, change, offset, clipped == start ? reached : Math.Max(reached, clipped + offset)));
            }

            reached = Math.Max(reached, change + offset);
            start = change;
        }

        return [.. found];
    }

    private long FirstChange(long start, int offset, long end)
    {
        long same = start;
        while (same < end)
        {
            long probe = Math.Min(same + Step, end);
            if (OffsetAt(probe) != offset)
            {
                while (probe - same > 1)
                {
                    long middle = same + ((probe - same) / 2);
                    (same, probe) = OffsetAt(middle) == offset ? (middle, probe) : (same, middle);
                }

                return probe;
            }

            same = probe;
        }

        return end;
    }

    private int OffsetAt(long instant) =>
        (int)(Zone.GetUtcOffset(new DateTime(instant * TimeSpan.TicksPerSecond, DateTimeKind.Utc)).Ticks / TimeSpan.TicksPerSecond);

    private static long YearStart(int year) => new DateOnly(year, 1, 1).DayNumber * (long)Day;
}
