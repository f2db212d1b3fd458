using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Outbox.Delivery;

/// <summary>An event that a consumer could not handle, set aside so that those after it go on. It waits for a person.</summary>
public sealed class DeadLetter
{
    /// <summary>A version-7 UUID made from <see cref="SetAsideAt"/>.</summary>
    public Guid Id { get; init; }

    public required string Consumer { get; init; }

    public Guid EventId { get; init; }

    public required string Topic { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    /// <summary>When the event was written.</summary>
    public DateTimeOffset At { get; init; }

    public string? TraceParent { get; init; }

    public required byte[] Payload { get; init; }

    /// <summary>Why the consumer could not handle it.</summary>
    public required string Reason { get; init; }

    /// <summary>How often it was tried, replays included.</summary>
    public int Attempts { get; init; }

    public DateTimeOffset SetAsideAt { get; init; }

    /// <summary>When somebody asked to try it once more; null: nobody, or it has been tried since.</summary>
    public DateTimeOffset? ReplayAt { get; init; }
}

internal sealed class DeadLetterMapping : IEntityTypeConfiguration<DeadLetter>
{
    public void Configure(EntityTypeBuilder<DeadLetter> letter)
    {
        letter.ToTable("dead_letters");
        letter.Property(l => l.Id).ValueGeneratedNever();
        letter.HasIndex(l => new { l.Consumer, l.EventId }).IsUnique();
        letter.HasIndex(l => new { l.Consumer, l.Id });
        letter.HasIndex(l => new { l.Consumer, l.ReplayAt }).HasFilter("replay_at IS NOT NULL");
    }
}
