namespace Refresher.Core.Runs.Rollups;

/// <summary>The steps of the histograms: near enough to draw percentiles from, few enough to keep for every schedule.</summary>
internal static class DurationSteps
{
    /// <summary>Upper bounds in seconds, each excluded.</summary>
    public static readonly double[] Bounds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60, 120, 300, 900, 3600, 21_600, 86_400];
}

/// <summary>Many durations together, which can be added to others: number, sum, longest, and how they are spread.</summary>
public sealed class DurationFigures
{
    private readonly long[] _histogram = new long[DurationSteps.Bounds.Length + 1];

    public long Count { get; private set; }

    /// <summary>Seconds in all.</summary>
    public double Sum { get; private set; }

    /// <summary>Seconds of the longest.</summary>
    public double Max { get; private set; }

    /// <summary>Seconds; null when there is none.</summary>
    public double? Mean => Count == 0 ? null : Sum / Count;

    /// <summary>Seconds that this part of them did not exceed, by where they lie between the steps; null when there is none.</summary>
    /// <param name="part">0 to 1.</param>
    public double? Percentile(double part)
    {
        var wanted = part * Count;
        long below = 0;
        for (var i = 0; i < _histogram.Length && Count > 0; i++)
        {
            if (_histogram[i] > 0 && below + _histogram[i] >= wanted)
            {
                var from = i == 0 ? 0 : DurationSteps.Bounds[i - 1];
                var to = i < DurationSteps.Bounds.Length ? Math.Min(DurationSteps.Bounds[i], Max) : Max;
                return Math.Min(Max, from + (Math.Max(0, to - from) * (wanted - below) / _histogram[i]));
            }

            below += _histogram[i];
        }

        return null;
    }

    internal void Add(long count, double sum, double max, ReadOnlySpan<int> histogram)
    {
        (Count, Sum, Max) = (Count + count, Sum + sum, Math.Max(Max, max));
        for (var i = 0; i < Math.Min(histogram.Length, _histogram.Length); i++)
        {
            _histogram[i] += histogram[i];
        }
    }
}
