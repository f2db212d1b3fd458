using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What to measure, against whom, and for how much time and data.</summary>
public sealed record SpeedTestOptions
{
    [Description("Name or address of the server to use; empty: the one of the configured servers that answers fastest.")]
    [StringLength(500)]
    public string? Server { get; init; }

    [Description("Measure the download.")]
    public bool Download { get; init; } = true;

    [Description("Measure the upload.")]
    public bool Upload { get; init; } = true;

    [Description("The longest time for each direction; a steady rate ends it earlier.")]
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(10);

    [Description("The most data of one test, in MB, half for each direction. What is under way when it is reached comes on top.")]
    [Range(1, 100_000)]
    public int MaxMegabytes { get; init; } = 1000;

    [Description("The most connections at once.")]
    [Range(1, 64)]
    public int MaxStreams { get; init; } = 16;

    [Description("Measure over loopback against a server of the worker's own: shows what this machine can measure. Kept out of the charts.")]
    public bool SelfTest { get; init; }
}
