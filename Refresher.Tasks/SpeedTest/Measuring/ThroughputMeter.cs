namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Loads a line in one direction: streams are added until the rate no longer grows, what was measured until then is the warm-up
/// and discarded, and the rest is measured until it is known well enough, or its time or data is used up. What is left of a beginning
/// that was not steady yet is then discarded, too.
/// </summary>
internal sealed class ThroughputMeter(TimeProvider clock, Func<LoadStream> open, ThroughputLimits limits) : IAsyncDisposable
{
    private const double Growth = 1.08;
    private const double GoodEnough = 0.015;
    private const int FewestPieces = 12;
    private const double LongestWarmUp = 0.5;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan BetweenVerdicts = TimeSpan.FromMilliseconds(250);
    private readonly TimeSpan _stall = TimeSpan.FromSeconds(Math.Clamp(limits.Duration.TotalSeconds / 2, 1, 5));
    private readonly ArrivalCurve _curve = new(clock, (int)(limits.Duration / Tick) + 100);
    private readonly List<(LoadStream Stream, Task Running)> _streams = [];
    private readonly CancellationTokenSource _stop = new();
    private HostLimit _host = new();
    private long _begun;
    private long _lastSample;
    private long? _firstArrival;
    private long _lastArrival;
    private long? _steadyFrom;
    private long _nextStep;
    private double _rateBefore;
    private TimeSpan _nextVerdict;

    /// <summary>What was moved so far, however it ends.</summary>
    public long Bytes => _curve.Bytes;

    /// <summary>Measures once.</summary>
    /// <param name="progress">Gets the share of the time used and the present rate in Mbit/s.</param>
    /// <exception cref="SpeedServerException">All streams failed, or nothing came for five seconds or half the time.</exception>
    public async Task<Throughput> MeasureAsync(Action<double, double> progress, CancellationToken cancel)
    {
        _begun = _lastSample = _lastArrival = clock.GetTimestamp();
        _curve.Add(_begun, []);
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

    /// <summary>Goes on loading the line, which changes no rate any more, until <paramref name="other"/> is done; within its data, and not longer than <paramref name="most"/>.</summary>
    public async Task LingerAsync(Task other, TimeSpan most, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        using var ticks = new PeriodicTimer(Tick, clock);
        while (!other.IsCompleted && _curve.Bytes < limits.Bytes && clock.GetElapsedTime(began) < most)
        {
            await ticks.WaitForNextTickAsync(cancel);
            Sample();
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
        _curve.Add(now, _streams.Select(stream => stream.Stream.Observe()));
        foreach (var (stream, _) in _streams)
        {
            if (stream.State is { } state)
            {
                _host.Observe(stream, state, clock.GetElapsedTime(_begun, now));
            }
        }

        if (_curve.Bytes > before)
        {
            _firstArrival ??= _lastSample;
            _lastArrival = now;
        }

        _lastSample = now;
    }

    private StopReason? StopNow()
    {
        if (_curve.Bytes >= limits.Bytes)
        {
            return StopReason.Data;
        }

        // A line gone silent may come back or be dead: its rate is not known until it is told which.
        if (_curve.Elapsed >= limits.Duration && _curve.Bytes > 0 && clock.GetElapsedTime(_lastArrival) < Silence)
        {
            return StopReason.Time;
        }

        // No more is known than at the last look as long as no piece is full.
        var now = _curve.Elapsed;
        if (_steadyFrom is not { } from || now < _nextVerdict)
        {
            return null;
        }

        _nextVerdict = now + BetweenVerdicts;
        var pieces = _curve.RatesSince(from, limits.Step);
        return pieces.Length >= FewestPieces && RateEstimate.OfSteadyPart(pieces, out _).Uncertainty <= GoodEnough ? StopReason.Steady : null;
    }

    private void ThrowIfDead()
    {
        if (_streams.TrueForAll(stream => stream.Running.IsCompleted))
        {
            var failed = _streams.Select(stream => stream.Stream).FirstOrDefault(stream => stream.Fault is not null);
            throw new SpeedServerException(failed?.Fault ?? "All connections ended.", failed?.Busy);
        }

        if (clock.GetElapsedTime(_lastArrival) >= _stall)
        {
            throw new SpeedServerException($"Nothing was transferred for {_stall.TotalSeconds:0.#} s.");
        }
    }

    /// <summary>Once a step since something came: doubles the streams while that brings more, else ends the warm-up. A server that is slow to begin is not steady.</summary>
    private void Grow()
    {
        if (_steadyFrom is not null || _firstArrival is not { } first || clock.GetTimestamp() < Math.Max(_nextStep, After(first, limits.Step)))
        {
            return;
        }

        // Half a step, because the newest streams are slow in the first half.
        var rate = _curve.RateOver(limits.Step / 2);
        if (rate < _rateBefore * Growth || _streams.Count >= limits.Streams || _curve.Elapsed >= limits.Duration * LongestWarmUp)
        {
            _steadyFrom = clock.GetTimestamp();
            _host = new HostLimit();
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
        var steadyFrom = _steadyFrom ?? _firstArrival ?? _begun;
        var pieces = _curve.RatesSince(steadyFrom, limits.Step);
        if (pieces.Length == 0)
        {
            // So short a test knows one rate only, and not how sure it is.
            var only = _curve.RateSince(steadyFrom);
            return Outcome(new RateEstimate(only, only), steadyFrom);
        }

        var rate = RateEstimate.OfSteadyPart(pieces, out var start);
        return Outcome(rate, _curve.BeginOfPiece(steadyFrom, start));

        Throughput Outcome(RateEstimate estimate, long from) =>
            new(estimate, _curve.Bytes, _curve.Elapsed, _streams.Count, reason, _curve.RatesSince(_begun, pieces.Length > 0 ? limits.Step : TimeSpan.Zero), from, clock.GetElapsedTime(_begun, from), _host.IsKnown ? _host : null, _streams[0].Stream.Server);
    }

    private long After(long timestamp, TimeSpan time) => timestamp + (long)(time.TotalSeconds * clock.TimestampFrequency);
}
