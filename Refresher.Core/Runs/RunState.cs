namespace Refresher.Core.Runs;

/// <summary>Where a run stands. <c>docs/run-lifecycle.md</c> draws the moves; <see cref="RunTransitions"/> refuses any other.</summary>
public enum RunState
{
    /// <summary>Its time has not come: written ahead by the scheduler, or asked for a later instant.</summary>
    Scheduled,

    /// <summary>May be taken by a worker now.</summary>
    Queued,

    /// <summary>A worker holds a lease on it.</summary>
    Running,

    /// <summary>An attempt ended without a result; it will be queued again at <see cref="Run.ReadyAt"/>.</summary>
    Retrying,

    /// <summary>Done.</summary>
    Succeeded,

    /// <summary>Given up, with a reason.</summary>
    Failed,

    /// <summary>Stopped by a person or by the task itself, with a reason.</summary>
    Cancelled,

    /// <summary>Nobody took it before it lost its point.</summary>
    Expired,

    /// <summary>Never queued, with a reason: an overlap, a misfire.</summary>
    Skipped,
}

/// <summary>What brought a run about.</summary>
public enum RunTrigger
{
    Cadence,
    Manual,
    Backfill,
    Rerun,
    Chain,
    Api,
}
