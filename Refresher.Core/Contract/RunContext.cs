using Microsoft.Extensions.Logging;

namespace Refresher.Core.Contract;

/// <summary>What a task may know about the run it is executing, and what it may say while it works.</summary>
public abstract class RunContext
{
    /// <summary>The run's id: the idempotency key for effects outside.</summary>
    public abstract Guid Id { get; }

    /// <summary>1 for the first attempt.</summary>
    public abstract int Attempt { get; }

    /// <summary>The occurrence this run is for; never changes over attempts.</summary>
    public abstract DateTimeOffset DueAt { get; }

    /// <summary>The schedule's key; null for a run that nobody scheduled.</summary>
    public abstract string? ScheduleKey { get; }

    /// <summary>The run that this one continues or repeats; null when there is none.</summary>
    public abstract Guid? ParentId { get; }

    /// <summary>The cluster's clock.</summary>
    public abstract TimeProvider Clock { get; }

    /// <summary>Lines written here are kept with the run, at most 1 MiB, and streamed to whoever watches.</summary>
    public abstract ILogger Log { get; }

    /// <summary>Shows how far the work is.</summary>
    /// <param name="percent">0 to 100; clamped.</param>
    /// <param name="text">What is being done, at most 200 characters; cut when longer.</param>
    public abstract void Progress(int percent, string? text = null);
}
