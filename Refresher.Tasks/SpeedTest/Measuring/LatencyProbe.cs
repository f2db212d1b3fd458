using System.Net;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <param name="At">Timestamp of its beginning.</param>
internal readonly record struct RoundTrip(long At, double Milliseconds);

/// <summary>Measures round trips as the time from a small request to the head of its answer, over one connection that stays open.</summary>
internal sealed class LatencyProbe(SpeedServer server, AddressGuard guard, TimeProvider clock) : IDisposable
{
    private Wire? _wire;

    /// <summary>Where the server was reached; null before.</summary>
    public IPAddress? Reached { get; private set; }

    /// <summary>Times one round trip; connecting is not part of it.</summary>
    /// <exception cref="IOException">No answer, or not one of a speed-test server.</exception>
    public async Task<RoundTrip> PingAsync(CancellationToken cancel)
    {
        var wire = _wire ??= await Wire.OpenAsync(server.Url, guard, 0, cancel);
        Reached = wire.Address;
        try
        {
            var sent = clock.GetTimestamp();
            await wire.RequestAsync("GET", server.PingUrl, null, cancel);
            var head = await wire.HeadAsync(cancel);
            var elapsed = clock.GetElapsedTime(sent).TotalMilliseconds;
            if (head.Status is < 200 or > 299)
            {
                throw new SpeedServerException($"The server answers {server.PingUrl.AbsolutePath} with status {head.Status}.", head.Busy);
            }

            await wire.DrainAsync(head, new ByteCounter(), cancel);
            if (head.Close)
            {
                Close();
            }

            return new RoundTrip(sent, elapsed);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Several round trips with a pause between them; the first one, which warms the way, is left out.</summary>
    public async Task<List<double>> PingAsync(int count, TimeSpan pause, CancellationToken cancel)
    {
        var times = new List<double>(count);
        await PingAsync(cancel);
        while (times.Count < count)
        {
            await Task.Delay(pause, clock, cancel);
            times.Add((await PingAsync(cancel)).Milliseconds);
        }

        return times;
    }

    public void Dispose() => Close();

    private void Close()
    {
        _wire?.Dispose();
        _wire = null;
    }
}
