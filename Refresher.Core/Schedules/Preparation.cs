using Refresher.Core.Runs;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Schedules;

/// <summary>What one look at a due schedule comes to: runs to write, a stretch that was missed, and when to look again.</summary>
/// <param name="Folded">Stretches that calendars exclude.</param>
/// <param name="NextDueAt">Null when there is no further occurrence to prepare.</param>
/// <param name="Prepared">Occurrences prepared in all.</param>
internal sealed record Preparation(IReadOnlyList<NewRun> Runs, OccurrenceGap? Gap, IReadOnlyList<FoldedGap> Folded, DateTimeOffset? NextDueAt, int Prepared)
{
    /// <summary>Occurrences one schedule may contribute at a time, so that catching up never goes before what is due now.</summary>
    private const int Most = 50;

    /// <summary>Decides for a schedule, without touching anything: occurrences up to <paramref name="horizon"/>, and by its policy those missed.</summary>
    /// <param name="calendars">Those there are; only the schedule's own are asked.</param>
    public static Preparation Of(DueSchedule schedule, DateTimeOffset now, DateTimeOffset horizon, CalendarSet calendars)
    {
        var missedBefore = now - PlatformDefaults.MisfireThreshold;
        var (from, gap) = schedule.NextDueAt < missedBefore ? Misfired(schedule, now, missedBefore) : (schedule.NextDueAt, null);
        var runs = new List<NewRun>();
        var fold = new BlackoutFold(schedule, calendars);
        var due = from;
        while (due is { } at && at <= horizon && runs.Count + fold.Count < Most && MayRunAgain(schedule, runs.Count + fold.Count) && (schedule.EndAt is null || at < schedule.EndAt))
        {
            if (fold.TryTake(at, schedule.Prepared + runs.Count + fold.Count))
            {
                due = fold.After(at, now);
                continue;
            }

            var next = schedule.After(at);
            runs.Add(RunOf(schedule, at, ExpiryOf(schedule, at, next, now)));
            due = next;
        }

        var last = !MayRunAgain(schedule, runs.Count + fold.Count) || due >= schedule.EndAt;
        return new Preparation(runs, gap, fold.Folded, last ? null : due, schedule.Prepared + runs.Count + fold.Count);
    }

    private static bool MayRunAgain(DueSchedule schedule, int more) => schedule.MaxRuns is not { } most || schedule.Prepared + more < most;

    private static (DateTimeOffset? From, OccurrenceGap? Gap) Misfired(DueSchedule schedule, DateTimeOffset now, DateTimeOffset missedBefore)
    {
        var first = schedule.NextDueAt;
        var window = now - schedule.MisfireWindow;
        if (!schedule.Cadence.IsKnownAhead)
        {
            // Nothing was missed: the occurrence only waits, and the next one is counted from its end.
            return (first, null);
        }

        var missedUpTo = schedule.EndAt is { } end && end <= missedBefore ? end - TimeSpan.FromMilliseconds(1) : missedBefore;
        var latest = schedule.Cadence.LatestAtOrBefore(missedUpTo - schedule.Shift, schedule.Context) + schedule.Shift is { } at && at > first ? at : first;
        var resume = schedule.Misfire switch
        {
            Misfire.Skip => schedule.After(latest),
            Misfire.RunOnce => latest >= window ? latest : schedule.After(latest),
            _ => first >= window ? first : schedule.After(window - TimeSpan.FromMilliseconds(1)),
        };
        var lastMissed = resume == first ? null : resume == latest ? Before(schedule, latest) : schedule.Misfire == Misfire.RunAll && resume is { } r ? Before(schedule, r) : (DateTimeOffset?)latest;
        return (resume, lastMissed is { } to && to >= first ? GapOf(schedule, first, to) : null);
    }

    private static DateTimeOffset? Before(DueSchedule schedule, DateTimeOffset due) =>
        schedule.Cadence.LatestAtOrBefore(due - schedule.Shift - TimeSpan.FromMilliseconds(1), schedule.Context) + schedule.Shift;

    private static OccurrenceGap GapOf(DueSchedule schedule, DateTimeOffset first, DateTimeOffset last) => new()
    {
        ScheduleId = schedule.Id,
        FromAt = first,
        ToAt = last,
        Count = schedule.Cadence.CountBetween(first - schedule.Shift - TimeSpan.FromMilliseconds(1), last - schedule.Shift, schedule.Context),
        Reason = schedule.Misfire switch
        {
            Misfire.Skip => "misfire: missed while no scheduler ran; the policy is to skip",
            Misfire.RunOnce => "misfire: missed while no scheduler ran; the policy is to run the latest one within its window",
            _ => "misfire: missed while no scheduler ran, and older than the policy's window",
        },
    };

    // An occurrence has lost its point when the next one is there. Where that was so before it could be prepared it is run late on purpose,
    // which the window bounds; else it would expire at once, and by its overlap keep the one after it from running as well.
    // One that may wait for the run before it has a successor, too, and not lost its point by that.
    private static DateTimeOffset? ExpiryOf(DueSchedule schedule, DateTimeOffset due, DateTimeOffset? next, DateTimeOffset now)
    {
        var possible = due > now ? due : now;
        return schedule.ExpireAfter is { } after ? possible + after
            : schedule.Overlap is Overlap.QueueOne or Overlap.CancelPrevious ? null
            : next <= now ? possible + schedule.MisfireWindow
            : next;
    }

    private static NewRun RunOf(DueSchedule schedule, DateTimeOffset due, DateTimeOffset? expiresAt) => new()
    {
        Id = RunId.OfOccurrence(schedule.Id, due),
        Kind = schedule.Kind,
        ScheduleId = schedule.Id,
        ScheduleKey = schedule.Key,
        Trigger = RunTrigger.Cadence,
        State = RunState.Scheduled,
        Queue = schedule.Queue,
        Priority = schedule.Priority,
        Options = schedule.Options,
        Policies = schedule.Policies,
        DueAt = due,
        ExpiresAt = expiresAt,
        ConcurrencyKey = schedule.ConcurrencyKey,
    };
}
