using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core;

namespace Refresher.Tasks.SpeedTest.Polite;

/// <summary>What all speed tests of the installation share: a budget, whether visitors see them, and when public servers were used last.</summary>
public sealed class SpeedSetup
{
    /// <summary>The key of the one row.</summary>
    public const string Main = "main";

    public required string Name { get; init; }

    /// <summary>MB (10⁶ bytes) of all tests in a calendar month (UTC); null: no limit.</summary>
    public int? MonthlyMegabytes { get; set; }

    /// <summary>Whether visitors see the speed page.</summary>
    public bool Published { get; set; }

    public string PublicTitle { get; set; } = "Internet speed";

    /// <summary>Key of the schedule whose tests visitors see; null: those of all schedules.</summary>
    public string? PublicSchedule { get; set; }

    /// <summary>When a test began to use public servers last.</summary>
    public DateTimeOffset? PublicUsedAt { get; set; }

    /// <summary>As it is, or as it is before anybody has set anything.</summary>
    internal static async Task<SpeedSetup> ReadAsync(RefresherDb db, CancellationToken cancel) =>
        await db.Set<SpeedSetup>().AsNoTracking().SingleOrDefaultAsync(s => s.Name == Main, cancel) ?? new SpeedSetup { Name = Main };

    /// <summary>The row itself, made when there is none.</summary>
    internal static async Task<SpeedSetup> TrackedAsync(RefresherDb db, CancellationToken cancel)
    {
        await EnsureAsync(db, cancel);
        return await db.Set<SpeedSetup>().SingleAsync(s => s.Name == Main, cancel);
    }

    internal static Task EnsureAsync(RefresherDb db, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"INSERT INTO speed_setup (name, published, public_title) VALUES ({Main}, false, 'Internet speed') ON CONFLICT DO NOTHING", cancel);
}

internal sealed class SpeedSetupMapping : IEntityTypeConfiguration<SpeedSetup>
{
    public void Configure(EntityTypeBuilder<SpeedSetup> setup)
    {
        setup.ToTable("speed_setup");
        setup.HasKey(s => s.Name);
    }
}
