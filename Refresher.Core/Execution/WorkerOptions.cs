using System.ComponentModel.DataAnnotations;

namespace Refresher.Core.Execution;

/// <summary>How a worker works. Section <c>Worker</c>.</summary>
public sealed record WorkerOptions
{
    public const string Section = "Worker";

    /// <summary>Runs at once, 1 to 10,000; null: four times the cores.</summary>
    [Range(1, 10_000)]
    public int? Concurrency { get; init; }

    /// <summary>Queues to take from, the first one first; null: the default one. Not given as initial value, to which configuration would only add.</summary>
    [MinLength(1)]
    public string[]? Queues { get; init; }

    /// <summary>How long a run stays ours without a word from us: the time in which a dead worker is noticed. 3 s to 5 min.</summary>
    [Range(typeof(TimeSpan), "00:00:03", "00:05:00")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long running tasks may go on after the stop signal before they are cancelled and handed back. Up to 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan StopGrace { get; init; } = TimeSpan.FromSeconds(15);

    internal string[] QueuesOrDefault => Queues ?? [PlatformDefaults.Queue];

    internal int Slots => Concurrency ?? (4 * Environment.ProcessorCount);
}
