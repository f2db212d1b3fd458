using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Occurrences;

/// <summary>Says of an occurrence's run what became of it and why.</summary>
internal static class OccurrenceWhy
{
    /// <summary>From here on a start counts as late.</summary>
    public static readonly TimeSpan Late = TimeSpan.FromSeconds(1);

    public static (OccurrenceOutcome Outcome, string Why) Of(Run run, DateTimeOffset now) => run.State switch
    {
        RunState.Scheduled => run.DueAt > now ? (OccurrenceOutcome.Coming, "prepared; it is released when it is due") : (OccurrenceOutcome.Waiting, "prepared, and not released yet"),
        RunState.Queued => (OccurrenceOutcome.Waiting, Queued(run, now)),
        RunState.Running => (OccurrenceOutcome.Running, $"it runs on {run.Worker}; {Start(run)}"),
        RunState.Retrying => (OccurrenceOutcome.Waiting, $"{Start(run)}; it is tried again at {run.ReadyAt.UtcDateTime:HH:mm:ss} UTC: {run.Reason ?? "it was snoozed"}"),
        RunState.Skipped => (OccurrenceOutcome.Skipped, run.Reason ?? "it was skipped"),
        RunState.Expired => (OccurrenceOutcome.Expired, run.Reason ?? "no worker took it in time"),
        RunState.Cancelled => (OccurrenceOutcome.Cancelled, run.StartedAt is null ? run.Reason ?? "it was cancelled" : $"{Start(run)}; {run.Reason ?? "it was cancelled"}"),
        _ => (IsLate(run) ? OccurrenceOutcome.Late : OccurrenceOutcome.Ran, run.State == RunState.Failed ? $"{Start(run)}; it failed: {run.Reason}" : Start(run)),
    };

    private static bool IsLate(Run run) => run.Trigger == RunTrigger.Cadence && Own(run) > Late;

    /// <summary>The part of the lateness that nothing answers for.</summary>
    private static TimeSpan Own(Run run) => (run.Lateness ?? TimeSpan.Zero) - TimeSpan.FromSeconds(run.Blocked);

    private static string Queued(Run run, DateTimeOffset now) => run.WaitingFor is { } held
        ? $"held for {Words(now - (run.HeldSince ?? run.DueAt))}; it waits for {Waits.InWords(held)}"
        : $"queued for {Words(now - (run.QueuedAt ?? run.DueAt))}; no worker has taken it yet";

    private static string Start(Run run)
    {
        if (run.StartedAt is null || run.Lateness is not { } lateness)
        {
            return "it has not begun";
        }

        if (run.Trigger == RunTrigger.Backfill)
        {
            return $"made up for by a backfill, begun at {run.StartedAt.Value.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC";
        }

        List<string> parts = [lateness <= TimeSpan.Zero ? "begun in time" : $"begun {Words(lateness)} after it was due"];
        if (run.Blocked > 0)
        {
            parts.Add($"{Words(TimeSpan.FromSeconds(run.Blocked))} of it held by a limit, a pause or an overlap");
        }

        // Of later attempts only the last time in the queue is known.
        if (run.Attempt <= 1 && run.QueuedAt is { } queued && Own(run) > Late)
        {
            AddIfLong(parts, queued - run.DueAt - TimeSpan.FromSeconds(run.Blocked), "until it was released: no scheduler ran, or PostgreSQL did not answer");
            AddIfLong(parts, run.StartedAt.Value - queued, "in the queue, until a worker was free");
        }

        if (run.Lost > 0)
        {
            parts.Add(run.Lost == 1 ? "one worker was lost over it" : $"{run.Lost} workers were lost over it");
        }

        return string.Join("; ", parts);
    }

    private static void AddIfLong(List<string> parts, TimeSpan time, string what)
    {
        if (time > Late)
        {
            parts.Add($"{Words(time)} {what}");
        }
    }

    private static string Words(TimeSpan time) =>
        time < TimeSpan.FromMilliseconds(1) ? "less than a millisecond"
        : English.Length(time < TimeSpan.FromSeconds(10) ? TimeSpan.FromMilliseconds(Math.Floor(time.TotalMilliseconds)) : TimeSpan.FromSeconds(Math.Floor(time.TotalSeconds)));
}
