namespace Refresher.Core.Data;

/// <summary>
/// The cluster's clock: PostgreSQL's, measured now and then and carried on by this process's monotonic timer. A host whose own clock
/// is wrong, or jumps, agrees with all others to within half the round trip of the best measurement.
/// </summary>
public sealed class ClusterClock : TimeProvider
{
    private readonly TaskCompletionSource _synchronized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Anchor? _anchor;

    /// <summary>Completes with the first measurement. Nothing that decides by time begins before it.</summary>
    public Task Synchronized => _synchronized.Task;

    /// <summary>How far the host's clock is ahead of the cluster's.</summary>
    public TimeSpan HostAhead => base.GetUtcNow() - GetUtcNow();

    /// <summary>The cluster's time; the host's until the first measurement, which only log lines may see.</summary>
    public override DateTimeOffset GetUtcNow() =>
        Volatile.Read(ref _anchor) is { } anchor ? anchor.Utc + GetElapsedTime(anchor.Timestamp) : base.GetUtcNow();

    /// <summary>Takes a measurement: <paramref name="server"/> is what PostgreSQL said between two readings of our timer.</summary>
    /// <returns>How far our clock was off, positive when it was ahead.</returns>
    public TimeSpan Observe(DateTimeOffset server, long sentAt, long receivedAt)
    {
        var uncertainty = GetElapsedTime(sentAt, receivedAt) / 2;
        var measured = new Anchor(server + uncertainty, receivedAt, uncertainty);
        var current = Volatile.Read(ref _anchor);
        var off = current is null ? TimeSpan.Zero : current.Utc + GetElapsedTime(current.Timestamp, receivedAt) - measured.Utc;

        // A better or contradicting measurement replaces the anchor; a worse one that agrees with it says nothing new.
        // Timers of two machines drift apart by at most some 100 µs a second, so an old anchor loses its worth.
        var aged = current is null ? TimeSpan.MaxValue : current.Uncertainty + (GetElapsedTime(current.Timestamp, receivedAt) / 10_000);
        if (current is null || uncertainty <= aged || off.Duration() > uncertainty + aged)
        {
            Volatile.Write(ref _anchor, measured);
        }

        _synchronized.TrySetResult();
        return off;
    }

    private sealed record Anchor(DateTimeOffset Utc, long Timestamp, TimeSpan Uncertainty);
}
