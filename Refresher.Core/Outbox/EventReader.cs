using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Outbox;

/// <summary>Somebody who reads events: a consumer, or the relay that hands them to a broker.</summary>
internal sealed class EventReader
{
    public required string Name { get; init; }

    /// <summary>What it reads: <c>outbox</c>, which is kept for it, or <c>broker</c>.</summary>
    public required string Log { get; set; }

    public required string[] Topics { get; set; }

    /// <summary>When a process last had it at work.</summary>
    public DateTimeOffset SeenAt { get; set; }

    /// <summary>Of a reader of the broker: events before it. Null: not known. Those of the outbox are counted where they lie.</summary>
    public long? Lag { get; set; }

    /// <summary>Of a reader of the broker: when the oldest event before it was written.</summary>
    public DateTimeOffset? BehindSince { get; set; }

    /// <summary>Of a reader of the broker: why it does not come forward, in words.</summary>
    public string? Failing { get; set; }

    public DateTimeOffset? FailingSince { get; set; }

    /// <summary>Of a reader of the broker: asked to read again from here on, and has not begun to.</summary>
    public DateTimeOffset? ReplayFrom { get; set; }
}

/// <summary>Where a reader of the outbox is in a bucket. Its lock, held in the transaction of the effect, is the right to handle what comes next.</summary>
internal sealed class EventPosition
{
    public required string Reader { get; init; }

    public short Bucket { get; init; }

    /// <summary>The position of the last event it has passed.</summary>
    public long Position { get; set; }

    public DateTimeOffset MovedAt { get; set; }

    /// <summary>See <see cref="Delivery.DeliveryState"/>.</summary>
    public int Tries { get; set; }

    public int Alone { get; set; }

    public DateTimeOffset? RetryAt { get; set; }

    public string? Failing { get; set; }

    public DateTimeOffset? FailingSince { get; set; }
}

/// <summary>A part of the outbox that is dropped as a whole; see <see cref="OutboxPartitions"/>.</summary>
internal sealed class OutboxPartition
{
    public int Number { get; init; }

    /// <summary>About how many events were written before it.</summary>
    public long Before { get; init; }

    public DateTimeOffset BegunAt { get; init; }
}

internal sealed class EventReaderMapping : IEntityTypeConfiguration<EventReader>, IEntityTypeConfiguration<EventPosition>, IEntityTypeConfiguration<OutboxPartition>
{
    public void Configure(EntityTypeBuilder<EventReader> reader)
    {
        reader.ToTable("event_readers");
        reader.HasKey(r => r.Name);
    }

    public void Configure(EntityTypeBuilder<EventPosition> position)
    {
        // Changed with every batch: its pages have room for the next version of each row (see the migration).
        position.ToTable("event_positions");
        position.HasKey(p => new { p.Reader, p.Bucket });
    }

    public void Configure(EntityTypeBuilder<OutboxPartition> partition)
    {
        partition.ToTable("outbox_partitions");
        partition.HasKey(p => p.Number);
        partition.Property(p => p.Number).ValueGeneratedNever();
    }
}
