using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Access;

/// <summary>Something that somebody did to the system, written in the transaction of what was done. Never changed afterwards.</summary>
public sealed class AuditEntry
{
    /// <summary>A version-7 UUID made from <see cref="At"/>: the order of the entries.</summary>
    public Guid Id { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The name of the user or of the Api key.</summary>
    public required string Actor { get; init; }

    public ActorKind ActorKind { get; init; }

    /// <summary>What was done, as <c>subject.verb</c>: <c>schedule.update</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What sort of thing it was done to: <c>schedule</c>, <c>run</c>, <c>queue</c>…</summary>
    public required string SubjectType { get; init; }

    public required string SubjectId { get; init; }

    /// <summary>What people call the subject, kept for when it is gone.</summary>
    public required string SubjectName { get; init; }

    /// <summary>What was there before, as JSON; of a change only what differs. Secrets are masked, long texts cut.</summary>
    public string? Before { get; init; }

    /// <summary>What is there since, as JSON, like <see cref="Before"/>.</summary>
    public string? After { get; init; }
}

/// <summary>What an act is done to.</summary>
/// <param name="Type">A word: <c>schedule</c>.</param>
/// <param name="Name">What people call it.</param>
public readonly record struct AuditSubject(string Type, string Id, string Name);

internal sealed class AuditEntryMapping : IEntityTypeConfiguration<AuditEntry>
{
    public void Configure(EntityTypeBuilder<AuditEntry> entry)
    {
        entry.ToTable("audit_entries");
        entry.Property(e => e.Id).ValueGeneratedNever();
        entry.Property(e => e.ActorKind).HasConversion(v => Words<ActorKind>.Of(v), v => Words<ActorKind>.Parse(v));
        entry.Property(e => e.Before).HasColumnType("jsonb");
        entry.Property(e => e.After).HasColumnType("jsonb");
        entry.HasIndex(e => new { e.SubjectId, e.Id });
        entry.HasIndex(e => new { e.Actor, e.Id });
    }
}
