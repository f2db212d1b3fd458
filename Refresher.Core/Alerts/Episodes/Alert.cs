using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core.Alerts.Rules;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>Where an alert is.</summary>
public enum AlertState
{
    /// <summary>It lasts, and nobody was told yet.</summary>
    Pending,

    /// <summary>It lasts, and people were told.</summary>
    Firing,

    /// <summary>It is over, and stays so.</summary>
    Recovered,
}

/// <summary>One episode of something wrong as one rule sees it: from its beginning to its end, and what was told of it.</summary>
public sealed class Alert
{
    public Guid Id { get; init; }

    public Guid RuleId { get; init; }

    /// <summary>See <see cref="StateChange.EpisodeId"/>. One rule has one alert for each episode and condition.</summary>
    public Guid EpisodeId { get; init; }

    public required string Condition { get; init; }

    public AlertState State { get; set; }

    public required string SubjectId { get; init; }

    public required string SubjectName { get; set; }

    /// <summary>When it began.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>From when the rule's wait counts: when it began, or when it was no longer muted.</summary>
    public DateTimeOffset CountsFrom { get; set; }

    /// <summary>When the last change happened that was taken in; what is older is not.</summary>
    public DateTimeOffset ChangedAt { get; set; }

    public int Count { get; set; }

    public string? Reason { get; set; }

    public string? Path { get; set; }

    /// <summary>Labels and values as JSON.</summary>
    public string? Facts { get; set; }

    /// <summary>Within maintenance: nobody is told.</summary>
    public bool Muted { get; set; }

    public DateTimeOffset? RecoveredAt { get; set; }

    /// <summary>When somebody was told last; null: nobody was.</summary>
    public DateTimeOffset? ToldAt { get; set; }

    /// <summary>How often people were reminded.</summary>
    public int Reminders { get; set; }

    /// <summary>Whether the end was told.</summary>
    public bool OverTold { get; set; }

    /// <summary>When there is something to tell next; null: nothing, as far as is known.</summary>
    public DateTimeOffset? NoticeAt { get; set; }

    internal IReadOnlyList<KeyValuePair<string, string>> FactList => Facts is null ? [] : JsonSerializer.Deserialize<KeyValuePair<string, string>[]>(Facts, JsonSerializerOptions.Web) ?? [];
}

internal sealed class AlertMapping : IEntityTypeConfiguration<Alert>
{
    public void Configure(EntityTypeBuilder<Alert> alert)
    {
        alert.ToTable("alert_episodes");
        alert.Property(a => a.Id).ValueGeneratedNever();
        alert.Property(a => a.State).HasConversion(v => Words<AlertState>.Of(v), v => Words<AlertState>.Parse(v));
        alert.Property(a => a.Facts).HasColumnType("jsonb");
        alert.Ignore(a => a.FactList);
        alert.HasOne<AlertRule>().WithMany().HasForeignKey(a => a.RuleId).OnDelete(DeleteBehavior.Cascade);
        alert.HasIndex(a => new { a.EpisodeId, a.RuleId, a.Condition }).IsUnique();
        alert.HasIndex(a => a.NoticeAt).HasFilter("notice_at IS NOT NULL");
        alert.HasIndex(a => a.Id).HasFilter("state <> 'recovered'").HasDatabaseName("ix_alert_episodes_open");
    }
}
