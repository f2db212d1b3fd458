using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core.Contract;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Declared;

namespace Refresher.Core.Schedules;

/// <summary>What a user sets up: a task, its options, and when it runs. Null policies mean the kind's or the platform's default.</summary>
public sealed class Schedule
{
    public Guid Id { get; init; }

    /// <summary>Unique and stable: how files and people refer to it.</summary>
    public required string Key { get; set; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public string Owner { get; set; } = "";

    public string[] Tags { get; set; } = [];

    public required string Kind { get; set; }

    /// <summary>The options as JSON.</summary>
    public required string Options { get; set; }

    public required Cadence Cadence { get; set; }

    public string Queue { get; set; } = PlatformDefaults.Queue;

    /// <summary>0 (first) to 4.</summary>
    public short Priority { get; set; } = PlatformDefaults.Priority;

    public bool Enabled { get; set; } = true;

    /// <summary>No occurrence before it; a fixed rate is counted from it.</summary>
    public DateTimeOffset? StartAt { get; set; }

    /// <summary>No occurrence at or after it.</summary>
    public DateTimeOffset? EndAt { get; set; }

    /// <summary>No occurrence after this many.</summary>
    public int? MaxRuns { get; set; }

    /// <summary>The schedule's occurrences are moved by a part of this, the same each time.</summary>
    public TimeSpan? Jitter { get; set; }

    public Misfire? Misfire { get; set; }

    /// <summary>How far back a missed occurrence is still worth running.</summary>
    public TimeSpan? MisfireWindow { get; set; }

    public Overlap? Overlap { get; set; }

    public OnLost? OnLost { get; set; }

    /// <summary>A queued run expires this long after it was due; null: at the next occurrence.</summary>
    public TimeSpan? ExpireAfter { get; set; }

    public TimeSpan? Timeout { get; set; }

    /// <summary>A run that begins this much after its due time is late; null: as the platform is configured.</summary>
    public TimeSpan? LateAfter { get; set; }

    /// <summary>An attempt that goes on for longer takes too long; null: a part of its time limit, as the platform is configured.</summary>
    public TimeSpan? LongAfter { get; set; }

    public RetryPolicy? Retry { get; set; }

    /// <summary>Its runs are limited together with others of the same key: one at a time, or as the key's own limit says.</summary>
    public string? ConcurrencyKey { get; set; }

    /// <summary>What follows its runs; null: nothing.</summary>
    public IReadOnlyList<Runs.Continuation>? ContinueWith { get; set; }

    /// <summary>How long runs that succeeded are kept; null: as the platform does.</summary>
    public TimeSpan? KeepSucceeded { get; set; }

    /// <summary>How long runs that did not succeed are kept; null: as the platform does.</summary>
    public TimeSpan? KeepOthers { get; set; }

    /// <summary>Names of calendars; an occurrence that one of them excludes is skipped.</summary>
    public string[] Calendars { get; set; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's row version: an edit over somebody else's edit is refused.</summary>
    public uint Version { get; init; }

    /// <summary>Both together; null when nothing is chosen.</summary>
    public Runs.RetentionPolicy? Retention =>
        KeepSucceeded is null && KeepOthers is null ? null : new Runs.RetentionPolicy { Succeeded = KeepSucceeded, Others = KeepOthers };

    /// <summary>The policies that its runs take along.</summary>
    internal Runs.RunPolicies RunPolicies => new() { Retry = Retry, Timeout = Timeout, OnLost = OnLost, LateAfter = LateAfter, LongAfter = LongAfter, ContinueWith = ContinueWith };

    public ScheduleState? State { get; init; }

    /// <summary>Set when a kind declares it in code, or did.</summary>
    public ScheduleDeclaration? Declaration { get; init; }
}

internal sealed class ScheduleMapping : IEntityTypeConfiguration<Schedule>
{
    public void Configure(EntityTypeBuilder<Schedule> schedule)
    {
        schedule.ToTable("schedules");
        schedule.Property(s => s.Id).ValueGeneratedNever();
        schedule.HasIndex(s => s.Key).IsUnique();
        schedule.HasIndex(s => s.Tags).HasMethod("gin");
        schedule.Property(s => s.Version).IsRowVersion();
        schedule.Property(s => s.Options).HasColumnType("jsonb");
        schedule.Property(s => s.Cadence).HasColumnType("jsonb").HasConversion(v => CadenceJson.Write(v), v => CadenceJson.Read(v));
        schedule.Property(s => s.Retry).HasColumnType("jsonb").HasConversion(
            v => JsonSerializer.Serialize(v, JsonSerializerOptions.Web), v => JsonSerializer.Deserialize<RetryPolicy>(v, JsonSerializerOptions.Web));
        schedule.Property(s => s.ContinueWith).HasColumnType("jsonb").HasConversion(
            v => Runs.RunPolicies.WriteContinuations(v!), v => Runs.RunPolicies.ReadContinuations(v),
            new ValueComparer<IReadOnlyList<Runs.Continuation>?>(
                (one, other) => ReferenceEquals(one, other) || (one != null && other != null && Runs.RunPolicies.WriteContinuations(one) == Runs.RunPolicies.WriteContinuations(other)),
                v => v == null ? 0 : v.Count, v => v));
        schedule.HasIndex(s => s.ContinueWith).HasMethod("gin").HasOperators("jsonb_path_ops").HasFilter("continue_with IS NOT NULL");
        schedule.Property(s => s.Misfire).HasConversion(v => Words<Misfire>.Of(v!.Value), v => Words<Misfire>.Parse(v));
        schedule.Property(s => s.Overlap).HasConversion(v => Words<Overlap>.Of(v!.Value), v => Words<Overlap>.Parse(v));
        schedule.Property(s => s.OnLost).HasConversion(v => Words<OnLost>.Of(v!.Value), v => Words<OnLost>.Parse(v));
        schedule.Ignore(s => s.Retention);
        schedule.HasOne(s => s.State).WithOne().HasForeignKey<ScheduleState>(s => s.ScheduleId).OnDelete(DeleteBehavior.Cascade);
        schedule.HasOne(s => s.Declaration).WithOne().HasForeignKey<ScheduleDeclaration>(d => d.ScheduleId).OnDelete(DeleteBehavior.SetNull);
    }
}
