using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>Something that is watched: what is asked of it, how often, and how many looks make a change.</summary>
public sealed class Site
{
    public Guid Id { get; init; }

    /// <summary>Unique and stable: how people, badges and files refer to it.</summary>
    public required string Key { get; set; }

    public required string Name { get; set; }

    /// <summary>Sites of one group stand together; may be empty.</summary>
    public string Group { get; set; } = "";

    public string[] Tags { get; set; } = [];

    public string Description { get; set; } = "";

    /// <summary>False: paused, it is not checked.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>What a look asks and expects; its secrets are sealed, see <see cref="SiteSecrets"/>.</summary>
    public required CheckSpec Spec { get; set; }

    /// <summary>From check to check: 5 s to 1 d.</summary>
    public TimeSpan Interval { get; set; } = SiteDefaults.Interval;

    /// <summary>Bad checks in a row that make a change for worse, 1 to 20.</summary>
    public int FailureThreshold { get; set; } = SiteDefaults.FailureThreshold;

    /// <summary>Good checks in a row that make a change for better, 1 to 20.</summary>
    public int RecoveryThreshold { get; set; } = SiteDefaults.RecoveryThreshold;

    /// <summary>How soon it is looked again while a change is not confirmed; null: <see cref="EffectiveRecheck"/>.</summary>
    public TimeSpan? Recheck { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }

    /// <summary>PostgreSQL's row version: an edit over somebody else's edit is refused.</summary>
    public uint Version { get; init; }

    public SiteState? State { get; init; }

    public TimeSpan EffectiveRecheck => Recheck ?? SiteDefaults.RecheckOf(Interval);
}

/// <summary>What holds where a site says nothing.</summary>
public static class SiteDefaults
{
    public const int FailureThreshold = 2;

    public const int RecoveryThreshold = 2;

    public static TimeSpan Interval { get; } = TimeSpan.FromMinutes(1);

    public static TimeSpan ShortestInterval { get; } = TimeSpan.FromSeconds(5);

    public static TimeSpan LongestInterval { get; } = TimeSpan.FromDays(1);

    /// <summary>The interval, and at most ten seconds.</summary>
    public static TimeSpan RecheckOf(TimeSpan interval) => interval < TimeSpan.FromSeconds(10) ? interval : TimeSpan.FromSeconds(10);
}

internal sealed class SiteMapping : IEntityTypeConfiguration<Site>
{
    public void Configure(EntityTypeBuilder<Site> site)
    {
        site.ToTable("sites");
        site.Property(s => s.Id).ValueGeneratedNever();
        site.HasIndex(s => s.Key).IsUnique();
        site.HasIndex(s => new { s.Group, s.Key });
        site.HasIndex(s => s.Tags).HasMethod("gin");
        site.Property(s => s.Version).IsRowVersion();
        site.Property(s => s.Spec).HasColumnType("jsonb").HasConversion(
            v => SpecJson.Write(v), v => SpecJson.Read(v),
            new ValueComparer<CheckSpec>(
                (one, other) => ReferenceEquals(one, other) || (one != null && other != null && SpecJson.Write(one) == SpecJson.Write(other)),
                v => v.Target.GetHashCode(StringComparison.Ordinal), v => v));
        site.HasOne(s => s.State).WithOne().HasForeignKey<SiteState>(s => s.SiteId).OnDelete(DeleteBehavior.Cascade);
    }
}

/// <summary>Specs as they are stored.</summary>
internal static class SpecJson
{
    public static string Write(CheckSpec spec) => JsonSerializer.Serialize(spec, ProbingJson.Default.CheckSpec);

    public static CheckSpec Read(string json) => JsonSerializer.Deserialize(json, ProbingJson.Default.CheckSpec) ?? throw new JsonException("A spec is not null.");
}
