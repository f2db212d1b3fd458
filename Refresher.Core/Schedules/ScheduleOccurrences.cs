using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules;

/// <summary>The coming occurrences of a schedule, with everything that moves or ends them: jitter, endAt, maxRuns.</summary>
public static class ScheduleOccurrences
{
    /// <summary>At most <paramref name="count"/>, the first one being the next to be prepared; none while it is paused, ended, or waits for a run's end.</summary>
    /// <param name="schedule">With its state.</param>
    public static IReadOnlyList<Occurrence> Coming(Schedule schedule, int count)
    {
        if (schedule.State?.NextDueAt is not { } next)
        {
            return [];
        }

        if (!schedule.Cadence.IsKnownAhead)
        {
            return count > 0 ? [new Occurrence(next, next, "the ones after it are counted from the end of each run")] : [];
        }

        var shift = DueSchedule.ShiftOf(schedule.Id, schedule.Jitter);
        var left = schedule.MaxRuns is { } most ? Math.Clamp(most - schedule.State.Prepared, 0, count) : count;
        var context = new CadenceContext(schedule.StartAt ?? schedule.CreatedAt);
        var occurrences = CadencePreview.Of(schedule.Cadence, context, next - shift - TimeSpan.FromMilliseconds(1), left)
            .Select(occurrence => occurrence with { At = occurrence.At + shift, Local = occurrence.Local + shift });
        return [.. occurrences.TakeWhile(occurrence => schedule.EndAt is not { } end || occurrence.At < end)];
    }
}
