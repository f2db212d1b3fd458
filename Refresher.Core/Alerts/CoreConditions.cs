namespace Refresher.Core.Alerts;

/// <summary>What can turn for worse in the platform itself, whatever the kinds; those of the kinds are in <c>IKind.Conditions</c>.</summary>
public static class CoreConditions
{
    /// <summary>The subject is the schedule, or the kind for runs without one; <see cref="StateChange.Count"/> says how often in a row.</summary>
    public const string RunFailed = "run.failed";

    /// <summary>The subject is the schedule.</summary>
    public const string RunLate = "run.late";

    /// <summary>The subject is the schedule.</summary>
    public const string RunMissed = "run.missed";

    /// <summary>The subject is the schedule, or the kind for runs without one.</summary>
    public const string RunTooLong = "run.too-long";

    /// <summary>The subject is the queue.</summary>
    public const string QueueOld = "queue.old";

    /// <summary>The subject is the worker.</summary>
    public const string WorkerGone = "worker.gone";

    public static IReadOnlyList<AlertCondition> All { get; } =
    [
        new(RunFailed, "Run failed", "Run succeeded again", "A run of a schedule failed with no attempt left; over when a later run of it succeeds.") { Counted = true },
        new(RunLate, "Run late", "On time again", "A run began later than its schedule allows, without a limit or a pause to answer for it; over when a later run begins in time."),
        new(RunMissed, "Run missed", "Running again", "Times of a schedule passed without a run; over when a later one runs."),
        new(RunTooLong, "Run takes too long", "Run ended", "A run has gone on for longer than its schedule allows; over when it ends."),
        new(QueueOld, "Queue is old", "Queue moves again", "The oldest run of a queue that is not paused has waited too long for a worker; over when none waits so long."),
        new(WorkerGone, "Worker gone", "Worker is back", "A worker went without saying goodbye; over when it is back, or when its absence has been accepted."),
    ];
}
