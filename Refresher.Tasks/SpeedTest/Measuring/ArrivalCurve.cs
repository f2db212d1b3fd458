namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Bytes that had crossed a line at each of many instants; made once for the longest measurement, then filled.</summary>
internal sealed class ArrivalCurve(TimeProvider clock, int capacity)
{
    /// <summary>Length of the pieces that rates are taken over: long against the ticks, short against a test.</summary>
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(250);

    private readonly List<(long At, long Bytes)> _points = new(capacity);

    public long Bytes => _points.Count == 0 ? 0 : _points[^1].Bytes;

    public TimeSpan Elapsed => _points.Count == 0 ? TimeSpan.Zero : clock.GetElapsedTime(_points[0].At, _points[^1].At);

    public void Add(long at, long bytes) => _points.Add((at, bytes));

    /// <summary>Mbit/s over the last <paramref name="window"/> of the curve.</summary>
    public double RateOver(TimeSpan window)
    {
        var from = _points.FindLastIndex(point => clock.GetElapsedTime(point.At, _points[^1].At) >= window);
        return Rate(_points[Math.Max(0, from)], _points[^1]);
    }

    /// <summary>Mbit/s over all of it since <paramref name="from"/>.</summary>
    public double RateSince(long from) => Rate(_points.Find(point => point.At >= from), _points[^1]);

    /// <summary>Mbit/s for each full piece since <paramref name="from"/>.</summary>
    public double[] RatesSince(long from)
    {
        var rates = new List<double>();
        var begin = _points.FindIndex(point => point.At >= from);
        for (var end = begin + 1; begin >= 0 && end < _points.Count; end++)
        {
            // A tick that came a little early still ends its piece.
            if (clock.GetElapsedTime(_points[begin].At, _points[end].At) >= Piece * 0.96)
            {
                rates.Add(Rate(_points[begin], _points[end]));
                begin = end;
            }
        }

        return [.. rates];
    }

    private double Rate((long At, long Bytes) from, (long At, long Bytes) to)
    {
        var seconds = clock.GetElapsedTime(from.At, to.At).TotalSeconds;
        return seconds > 0 ? (to.Bytes - from.Bytes) * 8 / 1e6 / seconds : 0;
    }
}
