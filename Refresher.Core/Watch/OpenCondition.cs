using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Watch;

/// <summary>Something of the platform's own that is not as it should be, from when it began until it is over: a row for each condition and subject, so that each begins and ends once.</summary>
public sealed class OpenCondition
{
    /// <summary>One of <see cref="Alerts.CoreConditions"/>.</summary>
    public required string Condition { get; init; }

    /// <summary>See <see cref="Alerts.StateChange.SubjectId"/>.</summary>
    public required string SubjectId { get; init; }

    public Guid EpisodeId { get; init; }

    public required string SubjectName { get; init; }

    /// <summary>A JSON list of texts.</summary>
    public required string Tags { get; init; }

    public string? Path { get; init; }

    public DateTimeOffset Since { get; init; }

    /// <summary>When it was last seen to go on or to grow worse.</summary>
    public DateTimeOffset LastAt { get; init; }

    /// <summary>How often in a row, where that is counted.</summary>
    public int Count { get; init; }

    public string? Reason { get; init; }
}

internal sealed class OpenConditionMapping : IEntityTypeConfiguration<OpenCondition>
{
    public void Configure(EntityTypeBuilder<OpenCondition> open)
    {
        open.ToTable("open_conditions");
        open.HasKey(o => new { o.Condition, o.SubjectId });
        open.Property(o => o.Tags).HasColumnType("jsonb");
    }
}
