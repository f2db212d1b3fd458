namespace Refresher.Core.Schedules.Cadences;

/// <summary>A cron expression on the clocks of a zone: local matches become instants.</summary>
/// <remarks>
/// Where clocks are put forward, all matches that do not exist become one occurrence at the first instant after the gap. Where they are put back,
/// an interval-like expression matches in both passes and any other in the first only.
/// </remarks>
internal static class ZonedCron
{
    /// <summary>No two offsets of a zone are further apart (Samoa went from -11 to +13, the Philippines from -16 to +8).</summary>
    private const long WidestChange = 26 * 3600;

    public static DateTimeOffset? Next(CronExpression cron, ZoneTimeline zone, DateTimeOffset after)
    {
        long earliest = Math.Max(Instants.ToSeconds(after) + 1, ZoneTimeline.FirstInstant);
        while (earliest <= ZoneTimeline.LastInstant)
        {
            ZoneStretch stretch = zone.At(earliest);
            if (stretch.Start >= earliest && FallsIntoGap(cron, stretch))
            {
                return Instants.FromSeconds(stretch.Start);
            }

            long from = earliest + stretch.Offset;
            long match = cron.NextLocal(cron.IsIntervalLike ? from : Math.Max(from, stretch.Reached));
            if (match == CronExpression.Never)
            {
                return null;
            }

            if (match < stretch.LocalEnd)
            {
                return Instants.FromSeconds(match - stretch.Offset);
            }

            // Nothing lies between here and the match, so the years between need no look, unless clocks put back at the end make "from" come again.
            bool leap = from <= stretch.LocalEnd - WidestChange;
            earliest = leap ? Math.Max(stretch.End, match - stretch.Offset - WidestChange) : stretch.End;
        }

        return null;
    }

    public static DateTimeOffset? LatestAtOrBefore(CronExpression cron, ZoneTimeline zone, DateTimeOffset at)
    {
        long latest = Math.Min(Instants.ToSeconds(at), ZoneTimeline.LastInstant);
        while (latest >= ZoneTimeline.FirstInstant)
        {
            ZoneStretch stretch = zone.At(latest);
            long to = latest + stretch.Offset;
            long match = cron.PreviousLocal(to);
            if (match >= (cron.IsIntervalLike ? stretch.LocalStart : Math.Max(stretch.LocalStart, stretch.Reached)))
            {
                return Instants.FromSeconds(match - stretch.Offset);
            }

            if (FallsIntoGap(cron, stretch))
            {
                return Instants.FromSeconds(stretch.Start);
            }

            bool leap = to >= stretch.LocalStart + WidestChange;
            latest = leap ? Math.Min(stretch.Start - 1, match - stretch.Offset + WidestChange) : stretch.Start - 1;
        }

        return null;
    }

    /// <summary>Stretch by stretch, each by days times times a day: a year of missed seconds costs about as much as ten calls of <see cref="Next"/>.</summary>
    public static long CountBetween(CronExpression cron, ZoneTimeline zone, DateTimeOffset after, DateTimeOffset upTo)
    {
        long from = Math.Max(Instants.ToSeconds(after) + 1, ZoneTimeline.FirstInstant);
        long end = Math.Min(Instants.ToSeconds(upTo), ZoneTimeline.LastInstant) + 1;
        long count = 0;
        while (from < end)
        {
            ZoneStretch stretch = zone.At(from);
            if (stretch.Start == from && FallsIntoGap(cron, stretch) && !cron.Matches(stretch.LocalStart))
            {
                count++;
            }

            long local = from + stretch.Offset;
            long until = Math.Min(end, stretch.End) + stretch.Offset;
            count += cron.CountLocal(cron.IsIntervalLike ? local : Math.Max(local, stretch.Reached), until);
            from = stretch.End;
        }

        return count;
    }

    private static bool FallsIntoGap(CronExpression cron, ZoneStretch stretch)
    {
        if (stretch.Reached >= stretch.LocalStart)
        {
            return false;
        }

        long match = cron.NextLocal(stretch.Reached);
        return match != CronExpression.Never && match < stretch.LocalStart;
    }
}
