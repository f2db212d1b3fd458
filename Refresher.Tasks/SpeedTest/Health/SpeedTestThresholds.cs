using System.Globalization;

namespace Refresher.Tasks.SpeedTest.Health;

/// <summary>What a line was expected to do when it was tested.</summary>
public sealed class SpeedTestThresholds
{
    /// <summary>What the plan promises, Mbit/s; null: nothing is expected.</summary>
    public double? DownloadMbps { get; init; }

    /// <inheritdoc cref="DownloadMbps"/>
    public double? UploadMbps { get; init; }

    /// <summary>The part of the plan, in percent, from which on a rate is healthy.</summary>
    public int Percent { get; init; }

    /// <summary>The longest healthy median round trip of the idle line, in milliseconds; null: none.</summary>
    public double? PingMs { get; init; }

    /// <summary>The lowest healthy download, Mbit/s.</summary>
    public double? LeastDownload => DownloadMbps * Percent / 100;

    /// <summary>The lowest healthy upload, Mbit/s.</summary>
    public double? LeastUpload => UploadMbps * Percent / 100;

    /// <summary>Those of a schedule; null where it expects nothing.</summary>
    internal static SpeedTestThresholds? Of(SpeedTestOptions options) => options is { PlanDownload: null, PlanUpload: null, MaxPing: null } ? null : new SpeedTestThresholds
    {
        DownloadMbps = options.PlanDownload,
        UploadMbps = options.PlanUpload,
        Percent = options.HealthyPercent,
        PingMs = options.MaxPing,
    };

    /// <summary>Judges a test.</summary>
    /// <returns>What falls short, in words; an empty text: nothing; null: it cannot be told, because the test failed or nothing that is expected was measured.</returns>
    internal string? Judge(SpeedTestResult test)
    {
        if (test.Failure is not null)
        {
            return null;
        }

        var found = new List<string>();
        var judged = Below("download", test.Download?.Mbps, LeastDownload, DownloadMbps, found) | Below("upload", test.Upload?.Mbps, LeastUpload, UploadMbps, found) | Slow(test.Idle?.MedianMs, found);
        return judged ? string.Join("; ", found) : null;
    }

    private bool Below(string what, double? measured, double? least, double? plan, List<string> found)
    {
        if (measured is not { } mbps || least is not { } from)
        {
            return false;
        }

        if (mbps < from)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {mbps:0.0} Mbit/s, below {from:0.#} ({Percent} % of the plan's {plan:0.#})"));
        }

        return true;
    }

    private bool Slow(double? measured, List<string> found)
    {
        if (measured is not { } milliseconds || PingMs is not { } most)
        {
            return false;
        }

        if (milliseconds > most)
        {
            found.Add(string.Create(CultureInfo.InvariantCulture, $"ping {milliseconds:0.0} ms, above {most:0.#}"));
        }

        return true;
    }
}
