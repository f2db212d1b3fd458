namespace Refresher.Core.Runs;

/// <summary>How an attempt ended, ready to be written. <see cref="State"/> is where the run goes: a final state, Retrying, or Queued when it is handed back.</summary>
internal sealed record RunCompletion
{
    public required ClaimedRun Run { get; init; }

    public required RunState State { get; init; }

    public string? Reason { get; init; }

    /// <summary>JSON, cleaned and capped.</summary>
    public string? Output { get; init; }

    /// <summary>When the task itself began; null when it was handed back before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public required DateTimeOffset EndedAt { get; init; }

    /// <summary>When it may be dispatched again; null for a final state.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Attempts used: one less than begun for a snooze and for a run handed back.</summary>
    public required int Attempt { get; init; }

    /// <summary>The word of the <see cref="RunAttempt"/> to keep; null for a final state.</summary>
    public string? AttemptOutcome { get; init; }

    public short? Progress { get; init; }

    public string? ProgressText { get; init; }

    /// <summary>The context of the attempt's span; null when nobody listens, or there was no attempt.</summary>
    public string? Trace { get; init; }
}
