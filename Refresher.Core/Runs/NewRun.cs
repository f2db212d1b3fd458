namespace Refresher.Core.Runs;

/// <summary>A run about to be written. Members as in <see cref="Run"/>.</summary>
public sealed record NewRun
{
    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public Guid? ScheduleId { get; init; }

    public string? ScheduleKey { get; init; }

    public required RunTrigger Trigger { get; init; }

    /// <summary>Scheduled for later, Queued for now, Skipped for the record.</summary>
    public required RunState State { get; init; }

    public string? Reason { get; init; }

    public string Queue { get; init; } = PlatformDefaults.Queue;

    public short Priority { get; init; } = PlatformDefaults.Priority;

    public string Options { get; init; } = "{}";

    public RunPolicies Policies { get; init; } = new();

    /// <summary>Runs with the same one are limited together; null: none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>See <see cref="Runs.UniqueKey"/>; null: none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>How long the unique key stays taken at least.</summary>
    public DateTimeOffset? UniqueUntil { get; init; }

    /// <summary>What a queued run waits for; null: Redis is told.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>It holds slots of limits.</summary>
    public bool Limited { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public string? TraceParent { get; init; }

    public Guid? ParentId { get; init; }
}
