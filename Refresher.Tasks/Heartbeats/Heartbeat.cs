using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Tasks.Heartbeats;

/// <summary>What is known of something that is expected to call us.</summary>
public enum HeartbeatState
{
    /// <summary>It has never called: nothing is expected until it does.</summary>
    New,

    /// <summary>It called in time.</summary>
    Up,

    /// <summary>It said that it began, and has not said yet that it is done.</summary>
    Running,

    /// <summary>Its time and grace have passed without a call, or it reported a failure.</summary>
    Down,

    /// <summary>Calls are kept, and nothing is expected.</summary>
    Paused,
}

/// <summary>A job somewhere else that calls us when it is done: what is expected of it, and what was heard of it last.</summary>
public sealed class Heartbeat
{
    public Guid Id { get; init; }

    /// <summary>Unique, kebab-case, stable.</summary>
    public required string Key { get; set; }

    public required string Name { get; set; }

    public string Description { get; set; } = "";

    public string[] Tags { get; set; } = [];

    /// <summary>How often it is expected: a period counted from its last call, or a cron expression.</summary>
    public required Cadence Cadence { get; set; }

    /// <summary>How much later than expected it may call.</summary>
    public TimeSpan Grace { get; set; }

    /// <summary>From its start to its success at most; null: a start is only noted.</summary>
    public TimeSpan? MaxRunTime { get; set; }

    /// <summary>SHA-256 of the token: how a call finds its row.</summary>
    public required byte[] TokenHash { get; set; }

    /// <summary>The token, sealed by <see cref="BeatTokens"/>.</summary>
    public required string SealedToken { get; set; }

    /// <summary>Grows with every edit: a call that was reckoned with older settings finds no row.</summary>
    public int Revision { get; set; }

    public HeartbeatState State { get; set; }

    /// <summary>Since when the state holds; up and running are one.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>Why it is down, in words; null otherwise.</summary>
    public string? Reason { get; set; }

    /// <summary>The time from down to up has one id; null while it is not down.</summary>
    public Guid? EpisodeId { get; set; }

    /// <summary>The last success or failure.</summary>
    public DateTimeOffset? LastBeatAt { get; set; }

    /// <summary>When it said that it began; null while it does not run, as far as we know.</summary>
    public DateTimeOffset? StartedAt { get; set; }

    public DateTimeOffset? LastStartedAt { get; set; }

    /// <summary>From start to success or failure, the last time; null when no start was heard.</summary>
    public TimeSpan? LastDuration { get; set; }

    /// <summary>When the next call is expected; null: nothing is.</summary>
    public DateTimeOffset? ExpectedAt { get; set; }

    /// <summary>When it counts as missed; null: never.</summary>
    public DateTimeOffset? DeadlineAt { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>Past its time and within its grace. It comes by itself, so it is stored nowhere.</summary>
    public bool IsLate(DateTimeOffset now) => State == HeartbeatState.Up && ExpectedAt <= now;

    /// <summary><c>new</c>, <c>up</c>, <c>running</c>, <c>late</c>, <c>down</c> or <c>paused</c>.</summary>
    public string StateWord(DateTimeOffset now) => IsLate(now) ? "late" : Words<HeartbeatState>.Of(State);
}

internal static class HeartbeatMapping
{
    public static void Map(ModelBuilder model)
    {
        model.Entity<Heartbeat>(heartbeat =>
        {
            heartbeat.ToTable("heartbeats");
            heartbeat.Property(h => h.Id).ValueGeneratedNever();
            heartbeat.Property(h => h.Cadence).HasColumnType("jsonb").HasConversion(c => CadenceJson.Write(c), json => CadenceJson.Read(json));
            heartbeat.Property(h => h.State).HasConversion(v => Words<HeartbeatState>.Of(v), v => Words<HeartbeatState>.Parse(v));
            heartbeat.HasIndex(h => h.Key).IsUnique();
            heartbeat.HasIndex(h => h.TokenHash).IsUnique();
            heartbeat.HasIndex(h => h.DeadlineAt).HasFilter("deadline_at IS NOT NULL");
        });
        model.Entity<Beat>(beat =>
        {
            beat.ToTable("heartbeat_beats");
            beat.Property(b => b.Id).ValueGeneratedNever();
            beat.Property(b => b.Kind).HasConversion(v => Words<BeatKind>.Of(v), v => Words<BeatKind>.Parse(v));
            beat.HasIndex(b => new { b.HeartbeatId, b.Id });
            beat.HasOne<Heartbeat>().WithMany().HasForeignKey(b => b.HeartbeatId).OnDelete(DeleteBehavior.Cascade);
        });
        model.Entity<BeatListening>(listening =>
        {
            listening.ToTable("heartbeat_listening");
            listening.Property(l => l.Id).ValueGeneratedNever();
        });
    }
}
