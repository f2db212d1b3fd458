using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;

namespace Refresher.Tasks.SiteMonitor.Maintenance;

/// <summary>How a window comes again.</summary>
public enum MaintenanceType
{
    Once,

    /// <summary>On some weekdays at one time of the day.</summary>
    Weekly,
    Cron,
}

/// <summary>Announced work: while it lasts some sites are checked as always, but what turns for worse is not told and not counted.</summary>
public sealed class MaintenanceWindow
{
    public Guid Id { get; init; }

    public required string Title { get; set; }

    /// <summary>What visitors of a status page read; may be empty.</summary>
    public string Text { get; set; } = "";

    public bool Enabled { get; set; } = true;

    public MaintenanceType Type { get; set; }

    /// <summary>Once: when it begins. Otherwise: no window begins before it; null: from ever.</summary>
    public DateTimeOffset? From { get; set; }

    /// <summary>Once: when it ends. Otherwise: no window begins at or after it; null: for ever.</summary>
    public DateTimeOffset? To { get; set; }

    /// <summary>The beginnings of a weekly or cron window, as a cron expression; null for once.</summary>
    public string? Cron { get; set; }

    /// <summary>How long a weekly or cron window lasts, 1 min to 7 d; null for once.</summary>
    public TimeSpan? Duration { get; set; }

    /// <summary>The clocks that <see cref="Cron"/> speaks of, an IANA name.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>Every site.</summary>
    public bool AllSites { get; set; }

    /// <summary>These sites.</summary>
    public Guid[] SiteIds { get; set; } = [];

    /// <summary>Sites with one of these tags.</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>Sites of these groups.</summary>
    public string[] Groups { get; set; } = [];

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    public uint Version { get; init; }
}

internal sealed class MaintenanceMapping : IEntityTypeConfiguration<MaintenanceWindow>
{
    public void Configure(EntityTypeBuilder<MaintenanceWindow> window)
    {
        window.ToTable("maintenance_windows");
        window.Property(w => w.Id).ValueGeneratedNever();
        window.Property(w => w.Version).IsRowVersion();
        window.Property(w => w.From).HasColumnName("begins_at");
        window.Property(w => w.To).HasColumnName("ends_at");
        window.Property(w => w.Type).HasConversion(v => Words<MaintenanceType>.Of(v), v => Words<MaintenanceType>.Parse(v));
    }
}
