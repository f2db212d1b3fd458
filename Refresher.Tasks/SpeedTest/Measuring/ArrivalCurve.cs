namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>What had crossed a line at each of many instants, stream by stream.</summary>
/// <remarks>
/// A lost packet holds back what comes after it, and all of it is there at once when it has come again; so bytes in order come in bursts
/// although the line is busy all the time. Segments come as they come, but some twice, and some short. Their number times their size is
/// bytes in order, and waste, and what is held back. Waste only grows and what is held back ends: the least that both together come to
/// from an instant on is the waste until then, and the rest is what had arrived. The last instants do not know this yet.
/// </remarks>
internal sealed class ArrivalCurve(TimeProvider clock, int capacity)
{
    /// <summary>Length of the pieces that rates are taken over: long against the ticks, short against a test.</summary>
    private static readonly TimeSpan Piece = TimeSpan.FromMilliseconds(250);

    private readonly List<long> _at = new(capacity);
    private readonly List<Series> _streams = [];

    /// <summary>Bytes that have crossed in all.</summary>
    public long Bytes { get; private set; }

    public TimeSpan Elapsed => _at.Count == 0 ? TimeSpan.Zero : clock.GetElapsedTime(_at[0], _at[^1]);

    /// <summary>Notes what has crossed for each stream until an instant. There may be more streams than before, at the end.</summary>
    public void Add(long at, IEnumerable<Crossing> streams)
    {
        _at.Add(at);
        var bytes = 0L;
        var index = 0;
        foreach (var crossed in streams)
        {
            if (index == _streams.Count)
            {
                _streams.Add(new Series(_at.Count - 1, new List<Crossing>(capacity)));
            }

            _streams[index++].Points.Add(crossed);
            bytes += crossed.Bytes;
        }

        Bytes = Math.Max(Bytes, bytes);
    }

    /// <summary>Mbit/s over the last <paramref name="window"/>.</summary>
    public double RateOver(TimeSpan window)
    {
        var from = _at.FindLastIndex(at => clock.GetElapsedTime(at, _at[^1]) >= window);
        return Rate(Arrived(), Math.Max(0, from), _at.Count - 1);
    }

    /// <summary>Mbit/s over all of it since <paramref name="from"/>.</summary>
    public double RateSince(long from) => Rate(Arrived(), _at.FindIndex(at => at >= from), _at.Count - 1);

    /// <summary>Mbit/s for each full piece since <paramref name="from"/>, the last <paramref name="unsettled"/> left out.</summary>
    public double[] RatesSince(long from, TimeSpan unsettled)
    {
        var arrived = Arrived();
        return [.. PiecesSince(from, unsettled).Select(piece => Rate(arrived, piece.Begin, piece.End))];
    }

    /// <summary>Timestamp at which a piece of <see cref="RatesSince"/> begins.</summary>
    public long BeginOfPiece(long from, int index) => _at[PiecesSince(from, TimeSpan.Zero).ElementAt(index).Begin];

    private IEnumerable<(int Begin, int End)> PiecesSince(long from, TimeSpan unsettled)
    {
        var begin = _at.FindIndex(at => at >= from);
        for (var end = begin + 1; begin >= 0 && end < _at.Count && clock.GetElapsedTime(_at[end], _at[^1]) >= unsettled; end++)
        {
            // A tick that came a little early still ends its piece.
            if (clock.GetElapsedTime(_at[begin], _at[end]) >= Piece * 0.96)
            {
                yield return (begin, end);
                begin = end;
            }
        }
    }

    private double Rate(double[] arrived, int from, int to)
    {
        var seconds = clock.GetElapsedTime(_at[from], _at[to]).TotalSeconds;
        return seconds > 0 ? (arrived[to] - arrived[from]) * 8 / 1e6 / seconds : 0;
    }

    /// <summary>Bytes that had arrived at each instant, held back or not.</summary>
    private double[] Arrived()
    {
        var arrived = new double[_at.Count];
        foreach (var (first, points) in _streams)
        {
            var size = points[^1].SegmentSize;
            var waste = double.PositiveInfinity;
            for (var index = points.Count - 1; index >= 0; index--)
            {
                // Without segments nothing is held back: the bytes are what had arrived.
                var all = points[^1].Segments > 0 ? (double)points[index].Segments * size : points[index].Bytes;
                waste = Math.Min(waste, all - points[index].Bytes);
                arrived[first + index] += all - waste;
            }
        }

        // A count that went back, as that of a connection that just broke may, stays where it was.
        for (var index = 1; index < arrived.Length; index++)
        {
            arrived[index] = Math.Max(arrived[index], arrived[index - 1]);
        }

        return arrived;
    }

    private sealed record Series(int First, List<Crossing> Points);
}
