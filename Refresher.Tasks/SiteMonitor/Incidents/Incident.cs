using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Incidents;

/// <summary>The time from down to up of one site. It stays when the site is deleted.</summary>
public sealed class Incident
{
    /// <summary>A version-7 UUID of when it was confirmed: the order of the incidents.</summary>
    public Guid Id { get; init; }

    public Guid SiteId { get; init; }

    /// <summary>The site's key as it was then.</summary>
    public required string SiteKey { get; init; }

    /// <summary>The site's name as it was then.</summary>
    public required string SiteName { get; init; }

    /// <summary>When the first of the failed checks was made.</summary>
    public DateTimeOffset OpenedAt { get; init; }

    /// <summary>When the check was made that confirmed it.</summary>
    public DateTimeOffset ConfirmedAt { get; init; }

    /// <summary>When the first of the good checks was made that ended it; null while it is open.</summary>
    public DateTimeOffset? ClosedAt { get; init; }

    /// <summary>Why it began, as a visitor may read it.</summary>
    public CheckFault? Fault { get; init; }

    /// <summary>Why it began, in words, for the admin only.</summary>
    public string? Reason { get; init; }

    /// <summary>Why the last failed check failed, as a visitor may read it.</summary>
    public CheckFault? LastFault { get; init; }

    /// <summary>Checks that failed during it.</summary>
    public int FailedChecks { get; init; }
}

/// <summary>What an update of an incident is.</summary>
public enum IncidentUpdateKind
{
    Opened,

    /// <summary>It fails for another reason now.</summary>
    Changed,

    Closed,

    /// <summary>Written by a person.</summary>
    Note,
}

/// <summary>A line of an incident's timeline.</summary>
public sealed class IncidentUpdate
{
    /// <summary>A version-7 UUID made from <see cref="At"/>.</summary>
    public Guid Id { get; init; }

    public Guid IncidentId { get; init; }

    public DateTimeOffset At { get; init; }

    public IncidentUpdateKind Kind { get; init; }

    /// <summary>For the admin; at most 2,000 characters.</summary>
    public required string Text { get; init; }

    /// <summary>Who wrote it; null: this program.</summary>
    public string? Author { get; init; }

    /// <summary>A note that visitors of a status page may read.</summary>
    public bool IsPublic { get; init; }
}

internal sealed class IncidentMapping : IEntityTypeConfiguration<Incident>, IEntityTypeConfiguration<IncidentUpdate>
{
    public void Configure(EntityTypeBuilder<Incident> incident)
    {
        incident.ToTable("incidents");
        incident.Property(i => i.Id).ValueGeneratedNever();
        incident.Property(i => i.Fault).HasConversion(v => Words<CheckFault>.Of(v!.Value), v => Words<CheckFault>.Parse(v));
        incident.Property(i => i.LastFault).HasConversion(v => Words<CheckFault>.Of(v!.Value), v => Words<CheckFault>.Parse(v));
        incident.HasIndex(i => i.SiteId, "ix_incidents_open").IsUnique().HasFilter("closed_at IS NULL");
        incident.HasIndex(i => new { i.SiteId, i.Id });
    }

    public void Configure(EntityTypeBuilder<IncidentUpdate> update)
    {
        update.ToTable("incident_updates");
        update.Property(u => u.Id).ValueGeneratedNever();
        update.Property(u => u.Kind).HasConversion(v => Words<IncidentUpdateKind>.Of(v), v => Words<IncidentUpdateKind>.Parse(v));
        update.HasIndex(u => new { u.IncidentId, u.Id });
        update.HasOne<Incident>().WithMany().HasForeignKey(u => u.IncidentId).OnDelete(DeleteBehavior.Cascade);
    }
}
