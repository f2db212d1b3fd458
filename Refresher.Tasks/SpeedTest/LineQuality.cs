namespace Refresher.Tasks.SpeedTest;

/// <summary>What a line is good for, each <c>bad</c>, <c>poor</c>, <c>average</c>, <c>good</c> or <c>great</c>.</summary>
/// <param name="Calls">Calls with picture and sound.</param>
/// <remarks>
/// Points and limits are those of Cloudflare's Aggregated Internet Measurement (https://developers.cloudflare.com/speed/aim/; values of
/// https://github.com/cloudflare/speedtest, <c>internalConfig</c>). What is not known gives no points there, and so it does here.
/// </remarks>
public sealed record LineQuality(string Streaming, string Gaming, string Calls)
{
    private static readonly string[] Names = ["bad", "poor", "average", "good", "great"];

    /// <returns>Null when the test has no download or no round trip under load.</returns>
    internal static LineQuality? Of(SpeedTestResult test)
    {
        if (test is not { Idle: { } idle, Download: { LoadedMs: { } loadedDown } download })
        {
            return null;
        }

        var latency = Points(idle.MedianMs, [10, 20, 50, 100, 500], [20, 10, 5, 0, -10, -20]);
        var jitter = Points(idle.JitterMs, [10, 20, 100, 500], [10, 5, 0, -10, -20]);
        var loss = test.Loss is { } share ? Points(share, [0.01, 0.05, 0.25, 0.5], [10, 5, 0, -10, -20]) : 0;
        var increase = Points(Math.Max(loadedDown, test.Upload?.LoadedMs ?? 0) - idle.MedianMs, [10, 20, 50, 100, 500], [20, 10, 5, 0, -10, -20]);
        var rate = Points(download.Mbps, [1, 10, 50, 100], [0, 5, 10, 20, 30]);
        return new LineQuality(
            Name(latency + loss + rate + increase, [15, 20, 40, 60]), Name(latency + loss + increase, [5, 15, 25, 30]), Name(latency + jitter + loss + increase, [5, 15, 25, 40]));
    }

    /// <summary>The points of the stretch in which a value lies; a limit belongs to the stretch above it.</summary>
    private static int Points(double value, double[] limits, int[] points) => points[limits.Count(limit => value >= limit)];

    private static string Name(int points, int[] limits) => Names[limits.Count(limit => points >= limit)];
}
