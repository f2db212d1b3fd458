namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>How a site stands for whoever looks.</summary>
public enum SiteStatus
{
    Up,
    Degraded,
    Down,

    /// <summary>Nobody has looked lately, or we were offline ourselves.</summary>
    Unknown,

    /// <summary>It was not looked at yet, or not often enough.</summary>
    Pending,
    Paused,
}

/// <summary>How a site stands at an instant, and since when: the one way in which Api, pages and badges tell it.</summary>
public readonly record struct SiteStanding(SiteStatus Status, DateTimeOffset Since)
{
    /// <summary>Intervals without a check after which nothing is known any more.</summary>
    public const int Patience = 3;

    public static SiteStanding Of(SiteState state, DateTimeOffset now) =>
        state.PausedAt is { } paused ? new(SiteStatus.Paused, paused)
        : now >= state.StaleAt ? new(SiteStatus.Unknown, state.LastCheckedAt ?? state.Since)
        : state.BlindSince is { } blind ? new(SiteStatus.Unknown, blind)
        : new(Of(state.Verdict), state.Since);

    /// <summary>The instant from which a verdict is worth nothing, if no check renews it.</summary>
    /// <param name="writtenAt">When the last check was written: one that used up its time limit is no older for it.</param>
    /// <param name="interval">From check to check.</param>
    public static DateTimeOffset StaleAfter(DateTimeOffset writtenAt, TimeSpan interval) => writtenAt + (Patience * interval);

    private static SiteStatus Of(Verdict verdict) => verdict switch
    {
        Verdict.Up => SiteStatus.Up,
        Verdict.Degraded => SiteStatus.Degraded,
        Verdict.Down => SiteStatus.Down,
        _ => SiteStatus.Pending,
    };
}
