namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Loads a line in one direction: streams are added until the rate no longer grows, what was measured until then is the warm-up
/// and discarded, and the rest is measured until it is known well enough, or its time or data is used up.
/// </summary>
internal sealed class ThroughputMeter(TimeProvider clock, Func<LoadStream> open, ThroughputLimits limits) : IAsyncDisposable
{
    private const double Growth = 1.08;
    private const double GoodEnough = 0.015;
    private const int FewestPieces = 12;
    private const double LongestWarmUp = 0.5;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private readonly TimeSpan _stall = TimeSpan.FromSeconds(Math.Clamp(limits.Duration.TotalSeconds / 2, 1, 5));
    private readonly ArrivalCurve _curve = new(clock, (int)(limits.Duration / Tick) + 100);
    private readonly List<(LoadStream Stream, Task Running)> _streams = [];
    private readonly CancellationTokenSource _stop = new();
    private long _begun;
    private long _lastArrival;
    private long? _steadyFrom;
    private long _nextStep;
    private double _rateBefore;

    /// <summary>Measures once.</summary>
    /// <param name="progress">Gets the share of the time used and the present rate in Mbit/s.</param>
    /// <exception cref="SpeedServerException">All streams failed, or nothing came for five seconds or half the time.</exception>
    public async Task<Throughput> MeasureAsync(Action<double, double> progress, CancellationToken cancel)
    {
        _begun = _lastArrival = clock.GetTimestamp();
        _nextStep = After(_begun, limits.Step);
        _curve.Add(_begun, 0);
        AddStreams(2);
        using var ticks = new PeriodicTimer(Tick, clock);
        while (true)
        {
            await ticks.WaitForNextTickAsync(cancel);
            Sample();
            ThrowIfDead();
            if (StopNow() is { } reason)
            {
                return Result(reason);
            }

            Grow();
            progress(Math.Min(1, _curve.Elapsed / limits.Duration), _curve.RateOver(limits.Step));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_streams.Select(stream => stream.Running));
        _stop.Dispose();
    }

    private void Sample()
    {
        var before = _curve.Bytes;
        var now = clock.GetTimestamp();
        _curve.Add(now, Math.Max(before, _streams.Sum(stream => stream.Stream.Bytes)));
        _lastArrival = _curve.Bytes > before ? now : _lastArrival;
    }

    private StopReason? StopNow()
    {
        if (_curve.Bytes >= limits.Bytes)
        {
            return StopReason.Data;
        }

        if (_curve.Elapsed >= limits.Duration && _curve.Bytes > 0)
        {
            return StopReason.Time;
        }

        var pieces = _steadyFrom is { } from ? _curve.RatesSince(from) : [];
        return pieces.Length >= FewestPieces && RateEstimate.Of(pieces).Uncertainty <= GoodEnough ? StopReason.Steady : null;
    }

    private void ThrowIfDead()
    {
        if (_streams.TrueForAll(stream => stream.Running.IsCompleted))
        {
            throw new SpeedServerException(_streams.Select(stream => stream.Stream.Fault).FirstOrDefault(fault => fault is not null) ?? "All connections ended.");
        }

        if (clock.GetElapsedTime(_lastArrival) >= _stall)
        {
            throw new SpeedServerException($"Nothing was transferred for {_stall.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>Once a step: doubles the streams while that brings more, else ends the warm-up.</summary>
    private void Grow()
    {
        if (_steadyFrom is not null || clock.GetTimestamp() < _nextStep)
        {
            return;
        }

        // Half a step, because the newest streams are slow in the first half.
        var rate = _curve.RateOver(limits.Step / 2);
        if (rate < _rateBefore * Growth || _streams.Count >= limits.Streams || _curve.Elapsed >= limits.Duration * LongestWarmUp)
        {
            _steadyFrom = clock.GetTimestamp();
            return;
        }

        _rateBefore = rate;
        _nextStep = After(clock.GetTimestamp(), limits.Step);
        AddStreams(_streams.Count);
    }

    private void AddStreams(int count)
    {
        for (count = Math.Min(count, limits.Streams - _streams.Count); count > 0; count--)
        {
            var stream = open();
            _streams.Add((stream, Task.Run(() => stream.RunAsync(_stop.Token))));
        }
    }

    private Throughput Result(StopReason reason)
    {
        // So short a test knows one rate only, and not how sure it is.
        var steadyFrom = _steadyFrom ?? _begun;
        var pieces = _curve.RatesSince(steadyFrom);
        var rate = pieces.Length > 0 ? RateEstimate.Of(pieces) : new RateEstimate(_curve.RateSince(steadyFrom), _curve.RateSince(steadyFrom));
        return new Throughput(rate, _curve.Bytes, _curve.Elapsed, _streams.Count, reason, _curve.RatesSince(_begun), steadyFrom);
    }

    private long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * clock.TimestampFrequency);
}
