using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Schedules.Declared;

/// <summary>What is known of a schedule that a kind declares in code: which declaration was applied last, and what became of it.</summary>
public sealed class ScheduleDeclaration
{
    /// <summary>The key as it is declared; a person may have given the schedule another one since.</summary>
    public required string Key { get; init; }

    /// <summary>The kind that declares it.</summary>
    public required string Kind { get; init; }

    /// <summary>Null when a person deleted it: then it comes back when its declaration changes.</summary>
    public Guid? ScheduleId { get; init; }

    /// <summary>SHA-256 of the declaration that was applied last.</summary>
    public required string Hash { get; init; }

    public DateTimeOffset AppliedAt { get; init; }

    /// <summary>Since when it is no longer declared; it was paused then. Null: it is declared.</summary>
    public DateTimeOffset? WithdrawnAt { get; init; }
}

internal sealed class ScheduleDeclarationMapping : IEntityTypeConfiguration<ScheduleDeclaration>
{
    public void Configure(EntityTypeBuilder<ScheduleDeclaration> declaration)
    {
        declaration.ToTable("schedule_declarations");
        declaration.HasKey(d => d.Key);
    }
}
