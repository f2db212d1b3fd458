using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>Where a delivery is.</summary>
public enum DeliveryState
{
    /// <summary>To be sent, or to be tried again.</summary>
    Pending,

    /// <summary>The provider took it.</summary>
    Sent,

    /// <summary>Given up, with the reason.</summary>
    Failed,
}

/// <summary>One message to one channel: that it is due, what became of it, and what the provider answered. Written before it is sent.</summary>
public sealed class Delivery
{
    /// <summary>A version-7 UUID; goes along with the message as its id.</summary>
    public Guid Id { get; init; }

    /// <summary>The order in which they were written: what belongs to one thread is sent in it.</summary>
    public long Place { get; init; }

    /// <summary>What is told; a channel gets each change once.</summary>
    public required string Change { get; init; }

    /// <summary>The same for everything that is said about one episode.</summary>
    public required string Thread { get; init; }

    /// <summary>May be gone; the name stays.</summary>
    public Guid ChannelId { get; init; }

    public required string ChannelName { get; init; }

    public required string ChannelKind { get; init; }

    /// <summary>Null for tests and digests; may be gone.</summary>
    public Guid? RuleId { get; init; }

    public NoticeKind Notice { get; init; }

    public string? SubjectId { get; init; }

    public required string Title { get; init; }

    /// <summary><see cref="AlertMessage"/> as JSON.</summary>
    public required string Message { get; init; }

    public DeliveryState State { get; set; }

    /// <summary>Begun so far, since it was written or asked for again.</summary>
    public int Attempts { get; set; }

    /// <summary>When the next attempt is due.</summary>
    public DateTimeOffset ReadyAt { get; set; }

    /// <summary>Until then it belongs to the worker that sends it.</summary>
    public DateTimeOffset? LeaseUntil { get; set; }

    /// <summary>Then it is given up.</summary>
    public DateTimeOffset GiveUpAt { get; set; }

    /// <summary>The provider's last status code; null without one.</summary>
    public int? Status { get; set; }

    /// <summary>The provider's last answer, or why there was none; at most 2,000 characters.</summary>
    public string? Answer { get; set; }

    /// <summary>Why it was given up.</summary>
    public string? Reason { get; set; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? FinishedAt { get; set; }

    internal static Delivery Of(Channel channel, string change, string thread, AlertMessage message, Guid? rule, DateTimeOffset now)
    {
        var trimmed = message.Trimmed();
        return new Delivery
        {
            Id = Guid.CreateVersion7(now),
            Change = change,
            Thread = thread,
            ChannelId = channel.Id,
            ChannelName = channel.Name,
            ChannelKind = channel.Kind,
            RuleId = rule,
            Notice = trimmed.Notice,
            SubjectId = trimmed.SubjectId,
            Title = trimmed.Title,
            Message = trimmed.ToJson(),
            ReadyAt = now,
            GiveUpAt = now + RetryPlan.Longest,
            CreatedAt = now,
        };
    }
}

internal sealed class DeliveryMapping : IEntityTypeConfiguration<Delivery>
{
    public void Configure(EntityTypeBuilder<Delivery> delivery)
    {
        delivery.ToTable("deliveries");
        delivery.Property(d => d.Id).ValueGeneratedNever();
        delivery.Property(d => d.Place).UseIdentityAlwaysColumn();
        delivery.Property(d => d.Notice).HasConversion(v => Words<NoticeKind>.Of(v), v => Words<NoticeKind>.Parse(v));
        delivery.Property(d => d.State).HasConversion(v => Words<DeliveryState>.Of(v), v => Words<DeliveryState>.Parse(v));
        delivery.Property(d => d.Message).HasColumnType("jsonb");
        delivery.HasIndex(d => new { d.Change, d.ChannelId }).IsUnique();
        delivery.HasIndex(d => new { d.ChannelId, d.ReadyAt }).HasFilter("state = 'pending'").HasDatabaseName("ix_deliveries_pending");
        delivery.HasIndex(d => new { d.Thread, d.ChannelId, d.Place }).HasFilter("state = 'pending'").HasDatabaseName("ix_deliveries_order");
        delivery.HasIndex(d => new { d.SubjectId, d.Id });
    }
}
