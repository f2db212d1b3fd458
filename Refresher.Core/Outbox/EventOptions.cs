using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Outbox;

/// <summary>How events are kept and handled. Section <c>Events</c>.</summary>
public sealed record EventOptions
{
    public const string Section = "Events";

    /// <summary>How long an event stays in the outbox after everybody has read it: what a replay reaches back to. 1 min to 30 d.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(1);

    /// <summary>A reader that no process has had at work for so long is forgotten, and events are not kept for it any more. 1 h to 365 d.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "365.00:00:00")]
    public TimeSpan ForgetReaders { get; init; } = TimeSpan.FromDays(7);

    /// <summary>How long dead letters are kept. 1 d to 365 d.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "365.00:00:00")]
    public TimeSpan DeadLetterRetention { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Unread events from which on the pressure is high.</summary>
    [Range(1, 1_000_000_000)]
    public long PressureRows { get; init; } = 1_000_000;

    /// <summary>Age of the oldest unread event from which on the pressure is high. 1 s to 30 d.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "30.00:00:00")]
    public TimeSpan PressureAge { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Buckets that a process takes at once for a consumer: half of them leaves the other half to a second process.</summary>
    [Range(1, OutboxBuckets.Count)]
    public int BucketsAtOnce { get; init; } = OutboxBuckets.Count / 2;
}
