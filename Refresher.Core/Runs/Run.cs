using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Runs;

/// <summary>One execution of a task: the row that is the truth about it. All instants are UTC by the cluster's clock.</summary>
public sealed class Run
{
    /// <summary>See <see cref="RunId"/>.</summary>
    public Guid Id { get; init; }

    public required string Kind { get; init; }

    /// <summary>Null for a run that nobody scheduled, and kept when the schedule is gone.</summary>
    public Guid? ScheduleId { get; init; }

    /// <summary>The schedule's key at the time, kept for reading.</summary>
    public string? ScheduleKey { get; init; }

    public RunTrigger Trigger { get; init; }

    public RunState State { get; init; }

    /// <summary>Why the state is what it is, in words; null where the state says it all.</summary>
    public string? Reason { get; init; }

    public required string Queue { get; init; }

    /// <summary>0 (first) to 4.</summary>
    public short Priority { get; init; }

    /// <summary>The options as JSON.</summary>
    public required string Options { get; init; }

    /// <summary>Policies that differ from the kind's own, as JSON (<see cref="RunPolicies"/>).</summary>
    public string? Policies { get; init; }

    /// <summary>How many attempts were begun.</summary>
    public int Attempt { get; init; }

    /// <summary>Grows with every claim; only its holder may write the outcome.</summary>
    public int Fence { get; init; }

    /// <summary>How many workers were lost over it.</summary>
    public int Lost { get; init; }

    /// <summary>The occurrence, jitter included; never changes.</summary>
    public DateTimeOffset DueAt { get; init; }

    /// <summary>When it may next be dispatched.</summary>
    public DateTimeOffset ReadyAt { get; init; }

    /// <summary>When it was last put into its queue.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    /// <summary>When its first attempt began.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>A queued run is not begun at or after this instant.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Seconds of the lateness that a limit, a pause or an overlap answers for.</summary>
    public double Blocked { get; init; }

    /// <summary>Runs with the same one are limited together; null: none.</summary>
    public string? ConcurrencyKey { get; init; }

    /// <summary>See <see cref="Runs.UniqueKey"/>; null: none.</summary>
    public string? UniqueKey { get; init; }

    /// <summary>What it waits for while it is queued and Redis does not know of it (<see cref="Waits"/>); null: nothing.</summary>
    public string? WaitingFor { get; init; }

    /// <summary>Since when it waits for that.</summary>
    public DateTimeOffset? HeldSince { get; init; }

    /// <summary>It holds slots of limits.</summary>
    public bool Limited { get; init; }

    /// <summary>The worker that holds or last held it.</summary>
    public string? Worker { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>A person asked for its end while it was running.</summary>
    public bool CancelRequested { get; init; }

    /// <summary>0 to 100; null when the task never said.</summary>
    public short? Progress { get; init; }

    public string? ProgressText { get; init; }

    /// <summary>What the task answered, as JSON, at most 256 KiB.</summary>
    public string? Output { get; init; }

    /// <summary>W3C trace context of whoever made the run.</summary>
    public string? TraceParent { get; init; }

    /// <summary>The run that this one repeats or follows.</summary>
    public Guid? ParentId { get; init; }

    /// <summary>From due to the start of the first attempt; null before it started.</summary>
    public TimeSpan? Lateness => StartedAt - DueAt;

    /// <summary>From queued to the start of the first attempt, less what was blocked; null before it started, and when it was queued again since.</summary>
    public TimeSpan? Wait => StartedAt is { } started && QueuedAt is { } queued && queued <= started
        ? TimeSpan.FromTicks(Math.Max(0, (started - queued - TimeSpan.FromSeconds(Blocked)).Ticks))
        : null;

    /// <summary>From the start of the first attempt to the end; null before it has ended.</summary>
    public TimeSpan? RunTime => FinishedAt - StartedAt;
}

internal sealed class RunMapping : IEntityTypeConfiguration<Run>
{
    public void Configure(EntityTypeBuilder<Run> run)
    {
        // The table is partitioned by range of its id: the migration makes it by hand, EF sees a plain table with a plain key.
        run.ToTable("runs");
        run.Property(r => r.Id).ValueGeneratedNever();
        run.Property(r => r.State).HasConversion(v => Words<RunState>.Of(v), v => Words<RunState>.Parse(v));
        run.Property(r => r.Trigger).HasConversion(v => Words<RunTrigger>.Of(v), v => Words<RunTrigger>.Parse(v));
        run.Property(r => r.Options).HasColumnType("jsonb");
        run.Property(r => r.Policies).HasColumnType("jsonb");
        run.Property(r => r.Output).HasColumnType("jsonb");
        run.Ignore(r => r.Lateness);
        run.Ignore(r => r.Wait);
        run.Ignore(r => r.RunTime);
        run.HasIndex(r => new { r.State, r.ReadyAt }, "ix_runs_unfinished").HasFilter("finished_at IS NULL");
        run.HasIndex(r => new { r.WaitingFor, r.Priority, r.DueAt }, "ix_runs_waiting").HasFilter("waiting_for IS NOT NULL");
        run.HasIndex(r => r.ExpiresAt, "ix_runs_expiry").HasFilter("state = 'queued' AND expires_at IS NOT NULL");
        run.HasIndex(r => new { r.ScheduleId, r.Id }, "ix_runs_schedule").HasFilter("schedule_id IS NOT NULL");
        run.HasIndex(r => new { r.ParentId, r.Id }, "ix_runs_parent").HasFilter("parent_id IS NOT NULL");
        run.HasIndex(r => r.Id, "ix_runs_trouble").HasFilter("state IN ('failed', 'expired', 'cancelled', 'skipped')");
    }
}
