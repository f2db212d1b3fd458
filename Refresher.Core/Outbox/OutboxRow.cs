using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Outbox;

/// <summary>An event as it lies in the outbox. Written and read by SQL only; here for the schema.</summary>
internal sealed class OutboxRow
{
    /// <summary>Of <see cref="OutboxBuckets"/>, by its key.</summary>
    public short Bucket { get; init; }

    /// <summary>Its place: within a bucket the order of commits. From a sequence that all buckets share, with gaps.</summary>
    public long Position { get; init; }

    public Guid Id { get; init; }

    public required string Topic { get; init; }

    public required string Type { get; init; }

    public required string Key { get; init; }

    public DateTimeOffset At { get; init; }

    public string? TraceParent { get; init; }

    public required byte[] Payload { get; init; }
}

internal sealed class OutboxRowMapping : IEntityTypeConfiguration<OutboxRow>
{
    /// <summary>Its numbers are drawn while the bucket is locked, so it must not hand them out ahead: a cache of one.</summary>
    public const string Sequence = "outbox_position";

    public void Configure(EntityTypeBuilder<OutboxRow> row)
    {
        // Partitioned by range of the position, which is said by hand in its migration; see OutboxPartitions.
        row.ToTable("outbox");
        row.HasKey(r => new { r.Bucket, r.Position });
        row.Property(r => r.Position).HasDefaultValueSql($"nextval('{Sequence}')");
    }
}
