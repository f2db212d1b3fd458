using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Runs.Rollups;

/// <summary>The length of what is counted together; days begin at midnight UTC.</summary>
public enum RollupStep
{
    Hour,
    Day,
}

/// <summary>What the runs due in one hour or day came to, of one schedule, or of a kind in all. Outlives the runs it was counted from.</summary>
internal sealed class RunRollup
{
    /// <summary>Empty: all runs of the kind.</summary>
    public Guid ScheduleId { get; init; }

    public RollupStep Step { get; init; }

    /// <summary>When the hour or day begins.</summary>
    public DateTimeOffset Bucket { get; init; }

    public required string Kind { get; init; }

    public int Succeeded { get; init; }

    public int Failed { get; init; }

    public int Cancelled { get; init; }

    public int Expired { get; init; }

    public int Skipped { get; init; }

    /// <summary>Had not ended when they were counted.</summary>
    public int Unfinished { get; init; }

    /// <summary>Runs of a cadence that began: lateness less what was blocked, in seconds.</summary>
    public int LateCount { get; init; }

    public double LateSum { get; init; }

    public double LateMax { get; init; }

    /// <summary>How many lie below each of <see cref="DurationSteps.Bounds"/>, the last one above all.</summary>
    public required int[] LateHistogram { get; init; }

    /// <summary>Runs that began and ended: from the one to the other, in seconds.</summary>
    public int RanCount { get; init; }

    public double RanSum { get; init; }

    public double RanMax { get; init; }

    /// <inheritdoc cref="LateHistogram"/>
    public required int[] RanHistogram { get; init; }
}

/// <summary>How far a day is counted.</summary>
internal sealed class RunRollupDay
{
    public DateOnly Day { get; init; }

    /// <summary>Hours before this instant are counted.</summary>
    public DateTimeOffset UpTo { get; init; }

    public DateTimeOffset ComputedAt { get; init; }

    /// <summary>Nothing changes any more: its runs may go.</summary>
    public bool IsFinal { get; init; }
}

internal sealed class RunRollupMapping : IEntityTypeConfiguration<RunRollup>, IEntityTypeConfiguration<RunRollupDay>
{
    public void Configure(EntityTypeBuilder<RunRollup> rollup)
    {
        rollup.ToTable("run_rollups");
        rollup.HasKey(r => new { r.ScheduleId, r.Step, r.Bucket, r.Kind });
        rollup.Property(r => r.Step).HasConversion(v => Words<RollupStep>.Of(v), v => Words<RollupStep>.Parse(v));
        rollup.HasIndex(r => new { r.Step, r.Bucket }, "ix_run_rollups_bucket");
    }

    public void Configure(EntityTypeBuilder<RunRollupDay> day)
    {
        day.ToTable("run_rollup_days");
        day.HasKey(d => d.Day);
    }
}
