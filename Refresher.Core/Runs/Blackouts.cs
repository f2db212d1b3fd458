using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Runs;

/// <summary>Decides which occurrences do not run because a calendar of their schedule excludes their time. What people and programs ask for runs in any case.</summary>
internal static class Blackouts
{
    /// <param name="schedules">As they were locked.</param>
    public static (List<ReadyRun> Open, List<(ReadyRun Run, string Reason)> Excluded) Of(
        IReadOnlyList<ReadyRun> ready, Dictionary<Guid, ScheduleLoad> schedules, CalendarSet calendars)
    {
        var (open, excluded) = (new List<ReadyRun>(ready.Count), new List<(ReadyRun, string)>());
        foreach (var run in ready)
        {
            // Not retried yet, it is ready when it is due.
            var names = run is { WasRetrying: false, Trigger: RunTrigger.Cadence, ScheduleId: { } id } && schedules.TryGetValue(id, out var schedule) ? schedule.Calendars : [];
            if (calendars.Refusal(names, run.ReadyAt) is { } reason)
            {
                excluded.Add((run, reason));
            }
            else
            {
                open.Add(run);
            }
        }

        return (open, excluded);
    }
}
