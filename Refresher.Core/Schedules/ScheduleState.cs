using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core.Runs;

namespace Refresher.Core.Schedules;

/// <summary>
/// What changes each time a schedule comes due, in a narrow row of its own: the row that serialises everything about one schedule.
/// Whoever locks several of them does so in the order of their ids, and before any run.
/// </summary>
public sealed class ScheduleState
{
    public Guid ScheduleId { get; init; }

    /// <summary>The next occurrence to prepare, jitter included; null when there is none: disabled, ended, or waiting for a run's end.</summary>
    public DateTimeOffset? NextDueAt { get; init; }

    /// <summary>Runs of this schedule that were queued and have not ended.</summary>
    public int Active { get; init; }

    /// <summary>The run that waits for the active ones to end; null when none does. Not counted as active.</summary>
    public Guid? WaitingRunId { get; init; }

    /// <summary>Occurrences prepared so far.</summary>
    public int Prepared { get; init; }

    /// <summary>Set for a fixed delay: the next occurrence is this long after the end of a run.</summary>
    public TimeSpan? FixedDelay { get; init; }

    /// <summary>Runs that failed since one succeeded.</summary>
    public int Failures { get; init; }

    public Guid? LastRunId { get; init; }

    public RunState? LastState { get; init; }

    public DateTimeOffset? LastFinishedAt { get; init; }
}

internal sealed class ScheduleStateMapping : IEntityTypeConfiguration<ScheduleState>
{
    public void Configure(EntityTypeBuilder<ScheduleState> state)
    {
        state.ToTable("schedule_states");
        state.HasKey(s => s.ScheduleId);
        state.HasIndex(s => s.NextDueAt);
        state.Property(s => s.LastState).HasConversion(v => Words<RunState>.Of(v!.Value), v => Words<RunState>.Parse(v));
    }
}
