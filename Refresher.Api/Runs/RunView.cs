using Refresher.Api.Http;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>A run as the Api shows it.</summary>
internal record RunView
{
    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public Guid? ScheduleId { get; init; }

    public string? ScheduleKey { get; init; }

    public required RunTrigger Trigger { get; init; }

    public required RunState State { get; init; }

    public string? Reason { get; init; }

    public required string Queue { get; init; }

    /// <summary>Why it may not begin, while it is queued and its queue is held; null: it may.</summary>
    public string? Held { get; init; }

    public required short Priority { get; init; }

    /// <summary>Attempts begun.</summary>
    public required int Attempt { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public required DateTimeOffset ReadyAt { get; init; }

    public DateTimeOffset? QueuedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Seconds from due to the start of the first attempt; null before it started.</summary>
    public double? Lateness { get; init; }

    /// <summary>Seconds of the lateness that a limit, a pause or an overlap answers for.</summary>
    public required double Blocked { get; init; }

    /// <summary>Seconds from queued to the start, less what was blocked; null before it started, and when it was queued again since.</summary>
    public double? Wait { get; init; }

    /// <summary>Seconds from the start of the first attempt to the end; null before it has ended.</summary>
    public double? RunTime { get; init; }

    /// <summary>What a queued run waits for: <c>overlap</c>, a limit like <c>kind:speed-test</c>, or <c>rate:</c> and a limit; null: a worker may take it.</summary>
    public string? WaitingFor { get; init; }

    public string? ConcurrencyKey { get; init; }

    public string? UniqueKey { get; init; }

    public string? Worker { get; init; }

    /// <summary>Workers that were lost over it.</summary>
    public required int Lost { get; init; }

    /// <summary>A person asked for its end while it was running.</summary>
    public required bool CancelRequested { get; init; }

    /// <summary>0 to 100; null when the task never said.</summary>
    public short? Progress { get; init; }

    public string? ProgressText { get; init; }

    public Guid? ParentId { get; init; }

    /// <summary>Secrets are masked.</summary>
    public required RawJson Options { get; init; }

    public RawJson? Output { get; init; }

    /// <param name="held">What is held now; null where that does not matter.</param>
    public static RunView Of(Run run, KindCatalog kinds, HeldQueues? held = null) => new()
    {
        Id = run.Id,
        Kind = run.Kind,
        ScheduleId = run.ScheduleId,
        ScheduleKey = run.ScheduleKey,
        Trigger = run.Trigger,
        State = run.State,
        Reason = run.Reason,
        Queue = run.Queue,
        Held = run.State == RunState.Queued ? held?.Of(run.Queue)?.Sentence : null,
        Priority = run.Priority,
        Attempt = run.Attempt,
        DueAt = run.DueAt,
        ReadyAt = run.ReadyAt,
        QueuedAt = run.QueuedAt,
        StartedAt = run.StartedAt,
        FinishedAt = run.FinishedAt,
        ExpiresAt = run.ExpiresAt,
        Lateness = run.Lateness?.TotalSeconds,
        Blocked = run.Blocked,
        Wait = run.Wait?.TotalSeconds,
        RunTime = run.RunTime?.TotalSeconds,
        WaitingFor = run.WaitingFor,
        ConcurrencyKey = run.ConcurrencyKey,
        UniqueKey = run.UniqueKey,
        Worker = run.Worker,
        Lost = run.Lost,
        CancelRequested = run.CancelRequested,
        Progress = run.Progress,
        ProgressText = run.ProgressText,
        ParentId = run.ParentId,
        Options = new RawJson(SecretOptions.Hide(kinds.Find(run.Kind), run.Options)),
        Output = RawJson.Of(run.Output),
    };
}

/// <summary>A run with its earlier attempts.</summary>
internal sealed record RunDetails : RunView
{
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public RunDetails(RunView run, IReadOnlyList<AttemptView> attempts)
        : base(run) => Attempts = attempts;

    /// <summary>Attempts that did not end the run, the first one first; the last one is the run itself.</summary>
    public IReadOnlyList<AttemptView> Attempts { get; }
}

/// <summary>An attempt that did not end its run.</summary>
/// <param name="Outcome"><c>retry</c>, <c>snooze</c>, <c>handedBack</c> or <c>lost</c>.</param>
internal sealed record AttemptView(int Attempt, string? Worker, DateTimeOffset? StartedAt, DateTimeOffset EndedAt, string Outcome, string? Reason)
{
    public static AttemptView Of(RunAttempt attempt) => new(attempt.Attempt, attempt.Worker, attempt.StartedAt, attempt.EndedAt, attempt.Outcome, attempt.Reason);
}
