namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Round trips per minute of a loaded line, after "Responsiveness under Working Conditions" (draft-ietf-ippm-responsiveness-08, Final
/// Calculations). The draft's second half is of requests within the loading connections, which HTTP/1.1 does not have; the open connection
/// beside them takes their place.
/// </summary>
internal static class Responsiveness
{
    private const double MillisecondsPerMinute = 60_000;
    private const double Kept = 0.95;

    /// <param name="newcomers">New connections under load.</param>
    /// <param name="openMs">Round trips over a connection that was open, under the same load.</param>
    /// <returns>Null when there are none of either.</returns>
    public static double? RoundTripsPerMinute(IReadOnlyCollection<NewConnection> newcomers, IReadOnlyCollection<double> openMs)
    {
        if (newcomers.Count == 0 || openMs.Count == 0)
        {
            return null;
        }

        // Over plain HTTP there is no TLS handshake, and the two others count by halves.
        double[] parts =
        [
            TrimmedMean(newcomers.Select(one => one.Tcp)),
            .. newcomers.All(one => one.Tls is not null) ? (double[])[TrimmedMean(newcomers.Select(one => one.Tls!.Value))] : [],
            TrimmedMean(newcomers.Select(one => one.Http)),
        ];
        return ((MillisecondsPerMinute / parts.Average()) + (MillisecondsPerMinute / TrimmedMean(openMs))) / 2;
    }

    /// <summary>Without the longest twentieth.</summary>
    private static double TrimmedMean(IEnumerable<double> times)
    {
        var sorted = times.Order().ToArray();
        return sorted.Take((int)Math.Ceiling(sorted.Length * Kept)).Average();
    }
}
