using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Schedules;

/// <summary>Occurrences of a schedule that were missed in one stretch: one row however many there were.</summary>
public sealed class OccurrenceGap
{
    public Guid ScheduleId { get; init; }

    /// <summary>The first missed occurrence.</summary>
    public DateTimeOffset FromAt { get; init; }

    /// <summary>The last missed occurrence.</summary>
    public DateTimeOffset ToAt { get; init; }

    public long Count { get; init; }

    public required string Reason { get; init; }
}

internal sealed class OccurrenceGapMapping : IEntityTypeConfiguration<OccurrenceGap>
{
    public void Configure(EntityTypeBuilder<OccurrenceGap> gap)
    {
        gap.ToTable("occurrence_gaps");
        gap.HasKey(g => new { g.ScheduleId, g.FromAt });
        gap.HasOne<Schedule>().WithMany().HasForeignKey(g => g.ScheduleId).OnDelete(DeleteBehavior.Cascade);
    }
}
