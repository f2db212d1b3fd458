namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Round-trip times in milliseconds.</summary>
/// <param name="Jitter">Mean difference of neighbours, as Cloudflare's speed test defines it.</param>
internal sealed record LatencySummary(double Min, double Median, double P95, double Jitter, int Samples)
{
    /// <param name="times">In the order they were taken.</param>
    /// <returns>Null for none.</returns>
    public static LatencySummary? Of(IReadOnlyList<double> times)
    {
        if (times.Count == 0)
        {
            return null;
        }

        var sorted = times.Order().ToArray();
        var jitter = times.Count == 1 ? 0 : times.Zip(times.Skip(1), (one, next) => Math.Abs(next - one)).Average();
        return new LatencySummary(sorted[0], Percentile(sorted, 0.5), Percentile(sorted, 0.95), jitter, sorted.Length);
    }

    /// <summary>By linear interpolation between the two nearest ranks.</summary>
    public static double Percentile(double[] sorted, double share)
    {
        var rank = share * (sorted.Length - 1);
        var below = (int)rank;
        return below + 1 < sorted.Length ? sorted[below] + ((rank - below) * (sorted[below + 1] - sorted[below])) : sorted[below];
    }
}
