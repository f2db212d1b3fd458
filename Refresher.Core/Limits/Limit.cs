using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Limits;

/// <summary>What a limit counts.</summary>
public enum LimitScope
{
    /// <summary>Runs of one kind.</summary>
    Kind,

    /// <summary>Runs of one queue.</summary>
    Queue,

    /// <summary>Runs that share a concurrency key.</summary>
    Key,
}

/// <summary>How many runs of a kind, a queue or a concurrency key may go on at once, or begin within a time, over the whole cluster.</summary>
public sealed class Limit
{
    public Guid Id { get; init; }

    public required LimitScope Scope { get; init; }

    /// <summary>The kind, the queue or the concurrency key.</summary>
    public required string Name { get; init; }

    /// <summary>Runs at once, 1 to 100,000; null: any number.</summary>
    public int? Concurrency { get; set; }

    /// <summary>Runs that may begin within <see cref="Per"/>, 1 to 10,000; null: any number.</summary>
    public int? Rate { get; set; }

    /// <summary>The window of <see cref="Rate"/>, 1 s to 1 d; null without a rate.</summary>
    public TimeSpan? Per { get; set; }

    public DateTimeOffset UpdatedAt { get; set; }
}

/// <summary>The right of a run to go on under a limit, from its admission until it ends or waits for a retry.</summary>
public sealed class LimitSlot
{
    /// <summary>See <c>LimitRule.Key</c>.</summary>
    public required string LimitKey { get; init; }

    public Guid RunId { get; init; }
}

internal sealed class LimitMapping : IEntityTypeConfiguration<Limit>, IEntityTypeConfiguration<LimitSlot>
{
    public void Configure(EntityTypeBuilder<Limit> limit)
    {
        limit.ToTable("limits");
        limit.Property(l => l.Id).ValueGeneratedNever();
        limit.Property(l => l.Scope).HasConversion(v => Words<LimitScope>.Of(v), v => Words<LimitScope>.Parse(v));
        limit.HasIndex(l => new { l.Scope, l.Name }).IsUnique();
    }

    public void Configure(EntityTypeBuilder<LimitSlot> slot)
    {
        slot.ToTable("limit_slots");
        slot.HasKey(s => new { s.LimitKey, s.RunId });
        slot.HasIndex(s => s.RunId);
    }
}
