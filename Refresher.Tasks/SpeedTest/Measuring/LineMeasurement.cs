using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Measures a line against one server: idle latency, then each direction with the latency under its load.</summary>
internal sealed class LineMeasurement(SpeedServer server, AddressGuard guard, TimeProvider clock)
{
    private const int IdlePings = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(400);

    /// <exception cref="SpeedServerException">It took longer than twenty seconds.</exception>
    public async Task<LatencySummary> IdleAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(IdleTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var probe = new LatencyProbe(server, guard, clock);
        try
        {
            return LatencySummary.Of(await probe.PingAsync(IdlePings, Pause, either.Token))!;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new SpeedServerException($"{IdlePings} round trips took longer than {IdleTime.TotalSeconds:0} s.");
        }
    }

    /// <param name="idle">Tells how long a step of the warm-up has to be.</param>
    /// <param name="progress">Gets the share of the time used and the present rate in Mbit/s.</param>
    public Task<SpeedTestDirection> DownloadAsync(SpeedTestOptions options, long bytes, LatencySummary idle, Action<double, double> progress, CancellationToken cancel) =>
        MeasureAsync(() => new DownloadStream(server, guard), Limits(options, bytes, idle), progress, cancel);

    /// <inheritdoc cref="DownloadAsync"/>
    public Task<SpeedTestDirection> UploadAsync(SpeedTestOptions options, long bytes, LatencySummary idle, Action<double, double> progress, CancellationToken cancel) =>
        MeasureAsync(() => new UploadStream(server, guard), Limits(options, bytes, idle), progress, cancel);

    private static ThroughputLimits Limits(SpeedTestOptions options, long bytes, LatencySummary idle)
    {
        var step = TimeSpan.FromMilliseconds(8 * idle.Median);
        return new ThroughputLimits(options.Duration, bytes, options.MaxStreams, step > ShortestStep ? step : ShortestStep);
    }

    private async Task<SpeedTestDirection> MeasureAsync(Func<LoadStream> open, ThroughputLimits limits, Action<double, double> progress, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var probe = new LatencyProbe(server, guard, clock);
        var load = new HostLoad();
        var pings = Task.Run(() => probe.WatchAsync(Pause, stop.Token), CancellationToken.None);
        Throughput measured;
        bool? limited;
        try
        {
            await using var meter = new ThroughputMeter(clock, open, limits);
            measured = await meter.MeasureAsync(progress, cancel);
            limited = load.WasLimit();
        }
        finally
        {
            await stop.CancelAsync();
            await pings;
        }

        var loaded = LatencySummary.Of([.. (await pings).Where(ping => ping.At >= measured.SteadyFrom).Select(ping => ping.Milliseconds)]);
        return new SpeedTestDirection
        {
            Mbps = measured.Rate.Mean,
            LowMbps = measured.Rate.Low,
            HighMbps = measured.Rate.High,
            Bytes = measured.Bytes,
            Seconds = measured.Elapsed.TotalSeconds,
            Streams = measured.Streams,
            Stopped = Core.Words<StopReason>.Of(measured.Stopped),
            LoadedMs = loaded?.Median,
            LoadedP95Ms = loaded?.P95,
            LimitedByHost = limited,
            Curve = [.. measured.Curve.Select(rate => (float)rate)],
        };
    }
}
