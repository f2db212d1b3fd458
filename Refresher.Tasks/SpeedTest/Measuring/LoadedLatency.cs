using System.Net.Sockets;
using System.Security.Authentication;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Round trips that begin at even distances, however long each takes: over as many open connections as are out at once. One after the other
/// they would be fewest where they are longest, and their median too small.
/// </summary>
internal sealed class LoadedLatency(SpeedServer server, AddressGuard guard, TimeProvider clock)
{
    /// <summary>What is asked takes its share of the line: a third of a percent of 10 Mbit/s.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromMilliseconds(75);

    /// <summary>Enough for round trips of 1.2 seconds.</summary>
    private const int MostConnections = 16;

    private readonly Lock _lock = new();
    private readonly Stack<LatencyProbe> _free = new();
    private readonly List<RoundTrip> _seen = [];
    private int _connections;

    /// <param name="enough">No other one is begun.</param>
    /// <param name="stop">Those that are out are given up.</param>
    /// <returns>In the order in which they began; without those that failed.</returns>
    public async Task<IReadOnlyList<RoundTrip>> WatchAsync(CancellationToken enough, CancellationToken stop)
    {
        var looks = new List<Task>();
        while (!enough.IsCancellationRequested)
        {
            if (Take() is { } probe)
            {
                looks.Add(LookAsync(probe, stop));
            }

            await Task.Delay(Apart, clock, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await Task.WhenAll(looks);
        foreach (var probe in _free)
        {
            probe.Dispose();
        }

        return [.. _seen.OrderBy(trip => trip.At)];
    }

    private LatencyProbe? Take()
    {
        lock (_lock)
        {
            return _free.TryPop(out var probe) ? probe : _connections++ < MostConnections ? new LatencyProbe(server, guard, clock) : null;
        }
    }

    private async Task LookAsync(LatencyProbe probe, CancellationToken stop)
    {
        try
        {
            var trip = await probe.PingAsync(stop);
            lock (_lock)
            {
                _seen.Add(trip);
            }
        }
        catch (Exception failed) when (stop.IsCancellationRequested || failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
        {
            // Stopped, or no answer: the probe connects anew the next time, and the streams beside it decide what becomes of the measurement.
        }

        lock (_lock)
        {
            _free.Push(probe);
        }
    }
}
