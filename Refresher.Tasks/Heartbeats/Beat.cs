namespace Refresher.Tasks.Heartbeats;

/// <summary>What a call says.</summary>
public enum BeatKind
{
    /// <summary>The job begins.</summary>
    Start,

    /// <summary>The job is done.</summary>
    Success,

    /// <summary>The job failed.</summary>
    Fail,
}

/// <summary>A call that was heard. Ordered by its id.</summary>
public sealed class Beat
{
    /// <summary>The most of a body that is kept, in bytes of UTF-8; what is longer is cut.</summary>
    public const int MostBody = 10 * 1024;

    /// <summary>A version-7 UUID of <see cref="At"/>.</summary>
    public Guid Id { get; init; }

    public Guid HeartbeatId { get; init; }

    public BeatKind Kind { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>As it was reported; null when none was.</summary>
    public int? ExitCode { get; init; }

    /// <summary>From the start before it; null for a start, and when none was heard.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The address it came from.</summary>
    public string? FromAddress { get; init; }

    /// <summary>What was sent with it; null when nothing was.</summary>
    public string? Body { get; init; }

    /// <summary>The body was longer than what is kept.</summary>
    public bool IsCut { get; init; }
}

/// <summary>A call as it arrives.</summary>
internal sealed record NewBeat(BeatKind Kind, DateTimeOffset At)
{
    public int? ExitCode { get; init; }

    public string? FromAddress { get; init; }

    public string? Body { get; init; }

    public bool IsCut { get; init; }
}
