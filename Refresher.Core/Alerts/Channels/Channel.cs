using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Refresher.Core.Alerts.Channels;

/// <summary>A way to reach people: a mailbox, phones, a web hook.</summary>
public sealed class Channel
{
    public Guid Id { get; init; }

    /// <summary>Unique: how people and digests refer to it.</summary>
    public required string Name { get; set; }

    /// <summary>One of <see cref="ChannelKinds"/>; stays.</summary>
    public required string Kind { get; init; }

    /// <summary>The kind's settings as JSON, secrets sealed.</summary>
    public required string Settings { get; set; }

    /// <summary>Switched off, nothing goes to it; what becomes due meanwhile is not made up for.</summary>
    public bool Enabled { get; set; } = true;

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; set; }
}

internal sealed class ChannelMapping : IEntityTypeConfiguration<Channel>
{
    public void Configure(EntityTypeBuilder<Channel> channel)
    {
        channel.ToTable("channels");
        channel.Property(c => c.Id).ValueGeneratedNever();
        channel.Property(c => c.Settings).HasColumnType("jsonb");
        channel.HasIndex(c => c.Name).IsUnique();
    }
}
