namespace Refresher.Core.Schedules;

/// <summary>What becomes of occurrences that nobody could prepare in time.</summary>
public enum Misfire
{
    /// <summary>They are written down as skipped.</summary>
    Skip,

    /// <summary>The latest one runs if it is within the window; the others are written down as skipped.</summary>
    RunOnce,

    /// <summary>Every one within the window runs.</summary>
    RunAll,
}

/// <summary>What happens when an occurrence comes while a run of the same schedule is unfinished.</summary>
public enum Overlap
{
    /// <summary>Both run.</summary>
    Allow,

    /// <summary>The new one is written down as skipped.</summary>
    Skip,

    /// <summary>The new one waits until the one before has ended; while one waits, further ones are written down as skipped.</summary>
    QueueOne,

    /// <summary>The one before is cancelled; the new one begins when it has ended.</summary>
    CancelPrevious,
}
