using System.Net;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Measures a line against one server: idle latency, then each direction with the latency under its load.</summary>
internal sealed class LineMeasurement(SpeedServer server, AddressGuard guard, TimeProvider clock)
{
    private const int IdlePings = 20;
    private static readonly TimeSpan IdlePause = TimeSpan.FromMilliseconds(50);

    // How long the line is still loaded for looks that are out when the rate is known: without them the end, where queues are longest, would be missing.
    private static readonly TimeSpan LastLooks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan ShortestStep = TimeSpan.FromMilliseconds(400);

    private IPAddress? _server;

    /// <summary>Payload moved in both directions, that of one that failed too.</summary>
    public long Bytes { get; private set; }

    /// <exception cref="SpeedServerException">It took longer than twenty seconds.</exception>
    public async Task<LatencySummary> IdleAsync(CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(IdleTime, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        using var probe = new LatencyProbe(server, guard, clock);
        try
        {
            var idle = LatencySummary.Of(await probe.PingAsync(IdlePings, IdlePause, either.Token))!;
            _server = probe.Reached;
            return idle;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new SpeedServerException($"{IdlePings} round trips took longer than {IdleTime.TotalSeconds:0} s.");
        }
    }

    /// <summary>What the idle line loses, both ways together; after <see cref="IdleAsync"/>, which finds the server.</summary>
    /// <returns>Null where that cannot be known.</returns>
    public async Task<EchoCount?> LossAsync(CancellationToken cancel) => _server is { } server ? await EchoLoss.MeasureAsync(guard, server, clock, cancel) : null;

    /// <param name="idle">Tells how long a step of the warm-up has to be.</param>
    /// <param name="progress">Gets the share of the time used and the present rate in Mbit/s.</param>
    public Task<SpeedTestDirection> DownloadAsync(SpeedTestOptions options, long bytes, LatencySummary idle, Action<double, double> progress, CancellationToken cancel) =>
        MeasureAsync(upload: false, Limits(options, bytes, idle), progress, cancel);

    /// <inheritdoc cref="DownloadAsync"/>
    public Task<SpeedTestDirection> UploadAsync(SpeedTestOptions options, long bytes, LatencySummary idle, Action<double, double> progress, CancellationToken cancel) =>
        MeasureAsync(upload: true, Limits(options, bytes, idle), progress, cancel);

    private static ThroughputLimits Limits(SpeedTestOptions options, long bytes, LatencySummary idle)
    {
        var step = TimeSpan.FromMilliseconds(8 * idle.Median);
        return new ThroughputLimits(options.Duration, bytes, options.MaxStreams, step > ShortestStep ? step : ShortestStep);
    }

    private async Task<Throughput> LoadAsync(bool upload, ThroughputLimits limits, Action<double, double> progress, Task looks, CancellationTokenSource enough, CancellationToken cancel)
    {
        await using var meter = new ThroughputMeter(clock, upload ? () => new UploadStream(server, guard) : () => new DownloadStream(server, guard), limits);
        try
        {
            var measured = await meter.MeasureAsync(progress, cancel);
            await enough.CancelAsync();
            await meter.LingerAsync(looks, LastLooks, cancel);
            return measured;
        }
        finally
        {
            Bytes += meter.Bytes;
        }
    }

    private async Task<SpeedTestDirection> MeasureAsync(bool upload, ThroughputLimits limits, Action<double, double> progress, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stop.Token);
        var newcomers = new NewConnectionProbe(server, guard, clock);
        var latency = new LoadedLatency(server, guard, clock);
        var pings = Task.Run(() => latency.WatchAsync(enough.Token, stop.Token), CancellationToken.None);
        var connections = Task.Run(() => newcomers.WatchAsync(stop.Token), CancellationToken.None);
        Throughput measured;
        string? limit;
        try
        {
            measured = await LoadAsync(upload, limits, progress, pings, enough, cancel);
            limit = measured.Host?.Reason(upload, measured.Server);
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(pings, connections);
        }

        var times = (await pings).Where(ping => ping.At >= measured.SteadyFrom).Select(ping => ping.Milliseconds).ToArray();
        var loaded = LatencySummary.Of(times);
        return new SpeedTestDirection
        {
            Mbps = measured.Rate.Mean,
            LowMbps = measured.Rate.Low,
            HighMbps = measured.Rate.High,
            Bytes = measured.Bytes,
            Seconds = measured.Elapsed.TotalSeconds,
            Streams = measured.Streams,
            Stopped = Core.Words<StopReason>.Of(measured.Stopped),
            WarmUpSeconds = measured.WarmUp.TotalSeconds,
            LoadedMinMs = loaded?.Min,
            LoadedMs = loaded?.Median,
            LoadedP95Ms = loaded?.P95,
            LoadedJitterMs = loaded?.Jitter,
            RoundTripsPerMinute = Responsiveness.RoundTripsPerMinute([.. (await connections).Where(connection => connection.At >= measured.SteadyFrom)], times),
            LimitedByHost = measured.Host is null ? null : limit is not null,
            HostLimit = limit,
            Curve = [.. measured.Curve.Select(rate => (float)rate)],
        };
    }
}
