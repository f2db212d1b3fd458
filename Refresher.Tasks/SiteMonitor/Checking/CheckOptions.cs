using System.ComponentModel.DataAnnotations;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>How a worker checks sites and how long what it finds is kept. Section <c>SiteMonitor</c>.</summary>
internal sealed record CheckOptions
{
    public const string Section = "SiteMonitor";

    /// <summary>Checks of one worker at once, 1 to 20,000.</summary>
    [Range(1, 20_000)]
    public int Concurrency { get; init; } = 1000;

    /// <summary>How long a worker's claims stay its own without a word from it: the time in which a dead one is noticed. 3 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:05:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(6);

    /// <summary>How long single checks are kept, 1 to 400 days. What was counted of them by day is kept 400 days.</summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "400.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long checks that are under way at the stop signal may go on, up to 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(5);
}
