using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>One look at a site as it is kept. The table is partitioned by day of <see cref="CheckedAt"/>.</summary>
public sealed class SiteCheck
{
    /// <summary>A version-7 UUID; the claim's, so that a check told twice stays one.</summary>
    public Guid Id { get; init; }

    public Guid SiteId { get; init; }

    /// <summary>When the look began.</summary>
    public DateTimeOffset CheckedAt { get; init; }

    /// <summary>When this row was written.</summary>
    public DateTimeOffset WrittenAt { get; init; }

    public CheckStatus Status { get; init; }

    /// <summary>Made within a maintenance window: it counts for no uptime.</summary>
    public bool InMaintenance { get; init; }

    /// <summary>Why it was not up, as a visitor may read it.</summary>
    public CheckFault? Fault { get; init; }

    /// <summary>Why it was not up, in words, for the admin only.</summary>
    public string? Error { get; init; }

    public int? StatusCode { get; init; }

    public double? DnsMs { get; init; }

    public double? ConnectMs { get; init; }

    public double? TlsMs { get; init; }

    public double? FirstByteMs { get; init; }

    public double? TransferMs { get; init; }

    public double TotalMs { get; init; }

    public long? Bytes { get; init; }

    public string? Address { get; init; }

    public DateTimeOffset? CertificateExpiresAt { get; init; }

    public bool? Matched { get; init; }

    /// <summary>The beginning of a failing answer's body; of the first failures in a row only.</summary>
    public string? Body { get; init; }
}

internal sealed class SiteCheckMapping : IEntityTypeConfiguration<SiteCheck>
{
    public void Configure(EntityTypeBuilder<SiteCheck> check)
    {
        check.ToTable("site_checks");

        // One index does both: what one site had, in its order, and that no check is there twice.
        check.HasKey(c => new { c.SiteId, c.CheckedAt, c.Id });
        check.Property(c => c.Status).HasConversion(v => Words<CheckStatus>.Of(v), v => Words<CheckStatus>.Parse(v));
        check.Property(c => c.Fault).HasConversion(v => Words<CheckFault>.Of(v!.Value), v => Words<CheckFault>.Parse(v));
    }
}
