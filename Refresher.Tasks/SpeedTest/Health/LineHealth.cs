using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Tasks.SpeedTest.Health;

/// <summary>How the line of a schedule stands against what is expected of it, as its last test found.</summary>
public sealed class LineHealth
{
    public required string ScheduleKey { get; init; }

    /// <summary>The verdict of the last test that could be judged; null: there was none yet.</summary>
    public bool? Healthy { get; set; }

    /// <summary>Set from the confirmed beginning of a bad time to its end.</summary>
    public Guid? EpisodeId { get; set; }

    /// <summary>When that began.</summary>
    public DateTimeOffset? Since { get; set; }

    /// <summary>What fell short when it began.</summary>
    public string? Reason { get; set; }
}

internal sealed class LineHealthMapping : IEntityTypeConfiguration<LineHealth>
{
    public void Configure(EntityTypeBuilder<LineHealth> health)
    {
        health.ToTable("speed_health");
        health.HasKey(h => h.ScheduleKey);
        health.HasIndex(h => h.EpisodeId).HasFilter("episode_id IS NOT NULL");
    }
}
