namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// A rate and how sure it is: a mean over equal pieces of time, with the pieces far from the median pulled in, and the 95 %
/// confidence interval of that mean, widened for the likeness of neighbours.
/// </summary>
/// <param name="Mean">In the unit of what was given.</param>
/// <param name="HalfWidth">The interval is the mean plus and minus this.</param>
internal readonly record struct RateEstimate(double Mean, double HalfWidth)
{
    // What the interval of a perfectly steady line must still cover: headers, ticks and the buffers of both ends.
    private const double Systematic = 0.005;

    private const double FewestForInterval = 6;

    public double Low => Math.Max(0, Mean - HalfWidth);

    public double High => Mean + HalfWidth;

    /// <summary>Half width as a share of the mean.</summary>
    public double Uncertainty => Mean > 0 ? HalfWidth / Mean : double.PositiveInfinity;

    /// <summary>Leaves out a beginning that is unlike the rest, and estimates from the rest.</summary>
    /// <param name="rates">At least one, over pieces of equal length, in order.</param>
    /// <param name="start">Index of the first that was used.</param>
    public static RateEstimate OfSteadyPart(ReadOnlySpan<double> rates, out int start)
    {
        start = SteadyStart(rates);
        return Of(rates[start..]);
    }

    /// <param name="rates">At least one, over pieces of equal length, in order.</param>
    public static RateEstimate Of(ReadOnlySpan<double> rates)
    {
        var pulled = Winsorize(rates);
        var mean = pulled.Average();
        if (pulled.Length < FewestForInterval)
        {
            return new RateEstimate(mean, (pulled.Max() - pulled.Min()) / 2 > 0 ? pulled.Max() - pulled.Min() : mean);
        }

        var variance = pulled.Sum(rate => (rate - mean) * (rate - mean)) / (pulled.Length - 1);
        var likeness = Autocorrelation(pulled, mean, variance);
        var effective = Math.Max(2, pulled.Length * (1 - likeness) / (1 + likeness));
        return new RateEstimate(mean, (StudentT975(effective - 1) * Math.Sqrt(variance / effective)) + (Systematic * mean));
    }

    /// <summary>
    /// Where the mean of the rest is known best: the marginal standard error rule (MSER, White 1997, "An effective truncation heuristic
    /// for bias reduction in simulation output"), which never gives up more than half.
    /// </summary>
    private static int SteadyStart(ReadOnlySpan<double> rates)
    {
        var (best, start) = (double.PositiveInfinity, 0);
        for (var from = 0; from <= rates.Length / 2 && rates.Length - from >= FewestForInterval; from++)
        {
            var rest = rates[from..];
            var mean = Average(rest);
            var error = 0.0;
            foreach (var rate in rest)
            {
                error += (rate - mean) * (rate - mean);
            }

            error /= (double)rest.Length * rest.Length;
            (best, start) = error < best ? (error, from) : (best, start);
        }

        return start;
    }

    private static double Average(ReadOnlySpan<double> rates)
    {
        var sum = 0.0;
        foreach (var rate in rates)
        {
            sum += rate;
        }

        return sum / rates.Length;
    }

    /// <summary>Pulls values in to three scaled median absolute deviations around the median (Hampel's identifier).</summary>
    private static double[] Winsorize(ReadOnlySpan<double> rates)
    {
        var sorted = rates.ToArray();
        Array.Sort(sorted);
        var median = LatencySummary.Percentile(sorted, 0.5);
        var deviations = sorted.Select(rate => Math.Abs(rate - median)).Order().ToArray();
        var reach = 3 * 1.4826 * LatencySummary.Percentile(deviations, 0.5);
        return [.. rates.ToArray().Select(rate => reach > 0 ? Math.Clamp(rate, median - reach, median + reach) : rate)];
    }

    /// <summary>
    /// Of lag one, 0 to 0.9: a mean of values that resemble their neighbours knows less than their count says. What few values show of
    /// it is too little by (1 + 3 times it) / their count on average (Marriott and Pope 1954), which is added.
    /// </summary>
    private static double Autocorrelation(double[] rates, double mean, double variance)
    {
        if (variance <= 0)
        {
            return 0;
        }

        var sum = rates.Zip(rates.Skip(1), (one, next) => (one - mean) * (next - mean)).Sum();
        var seen = sum / ((rates.Length - 1) * variance);
        return Math.Clamp(seen + ((1 + (3 * seen)) / rates.Length), 0, 0.9);
    }

    /// <summary>The 97.5 % quantile of Student's t (Abramowitz and Stegun, 26.7.5).</summary>
    private static double StudentT975(double freedom)
    {
        const double z = 1.959964;
        var (z3, z5, z7) = (Math.Pow(z, 3), Math.Pow(z, 5), Math.Pow(z, 7));
        return z
            + ((z3 + z) / (4 * freedom))
            + (((5 * z5) + (16 * z3) + (3 * z)) / (96 * freedom * freedom))
            + (((3 * z7) + (19 * z5) + (17 * z3) - (15 * z)) / (384 * freedom * freedom * freedom));
    }
}
