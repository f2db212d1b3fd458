using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What to measure, against whom, and for how much time and data.</summary>
public sealed record SpeedTestOptions
{
    [Description("Name, host or address of the one server to use, and no other; empty: the one that answers fastest of those that are near.")]
    [StringLength(500)]
    public string? Server { get; init; }

    [Description("Servers that are taken before others when they answer: name, host or address, one a line.")]
    [MaxLength(20)]
    public IReadOnlyList<string> Prefer { get; init; } = [];

    [Description("Servers that are never contacted: name, host or address, one a line.")]
    [MaxLength(100)]
    public IReadOnlyList<string> Exclude { get; init; } = [];

    [Description("Only servers of these directories: own, librespeed, cloudflare, ookla. Empty: all that are switched on under Speed → Servers.")]
    [MaxLength(10)]
    public IReadOnlyList<string> Directories { get; init; } = [];

    [Description("The worker's network interface (eth1) or address (192.0.2.7) that the test goes out by: one schedule for each line. Empty: as the system routes it.")]
    [StringLength(64)]
    public string? Source { get; init; }

    [Description("What the plan promises for the download, in Mbit/s. Charts show it, and a test below the percentage that follows is not healthy.")]
    [Range(0.1, 1_000_000)]
    public double? PlanDownload { get; init; }

    [Description("The same for the upload.")]
    [Range(0.1, 1_000_000)]
    public double? PlanUpload { get; init; }

    [Description("From this part of the plan on, in percent, a rate is healthy.")]
    [Range(1, 100)]
    public int HealthyPercent { get; init; } = 80;

    [Description("The longest healthy round trip of the idle line, in milliseconds.")]
    [Range(0.1, 60_000)]
    public double? MaxPing { get; init; }

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
