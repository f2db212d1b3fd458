using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>The length of what is counted together; days begin at midnight UTC.</summary>
public enum RollupStep
{
    Hour,
    Day,
}

/// <summary>What the checks of one site in one hour or day came to. Outlives the checks.</summary>
public sealed class SiteRollup
{
    /// <summary>Upper bounds in milliseconds of the steps of <see cref="Histogram"/>, each excluded; the last step is above all.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [5, 10, 20, 50, 100, 200, 350, 500, 750, 1000, 1500, 2500, 5000, 10_000, 30_000];

    public Guid SiteId { get; init; }

    public RollupStep Step { get; init; }

    /// <summary>When the hour or day begins.</summary>
    public DateTimeOffset Bucket { get; init; }

    public int Up { get; init; }

    public int Degraded { get; init; }

    public int Down { get; init; }

    /// <summary>We could not look; counts for nothing.</summary>
    public int Unknown { get; init; }

    /// <summary>Made within maintenance windows, whatever they found; counted nowhere else.</summary>
    public int Maintenance { get; init; }

    /// <summary>Of the checks that were answered (up or degraded), in milliseconds.</summary>
    public double TotalSum { get; init; }

    /// <summary>0 when none was answered.</summary>
    public double TotalMin { get; init; }

    public double TotalMax { get; init; }

    public required int[] Histogram { get; init; }

    /// <summary>Checks in all.</summary>
    public int Checks => Up + Degraded + Down + Unknown + Maintenance;
}

internal sealed class SiteRollupMapping : IEntityTypeConfiguration<SiteRollup>
{
    public void Configure(EntityTypeBuilder<SiteRollup> rollup)
    {
        rollup.ToTable("site_rollups");
        rollup.HasKey(r => new { r.SiteId, r.Step, r.Bucket });
        rollup.Property(r => r.Step).HasConversion(v => Words<RollupStep>.Of(v), v => Words<RollupStep>.Parse(v));
        rollup.Ignore(r => r.Checks);
    }
}
