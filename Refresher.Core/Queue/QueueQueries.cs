using Refresher.Core.Runs;

namespace Refresher.Core.Queue;

/// <summary>A queue as it stands.</summary>
/// <param name="Hold">Its own hold; null when only all dispatch is held, or nothing.</param>
/// <param name="Depths">What waits, by priority.</param>
/// <param name="Workers">How many take from it; null when Redis cannot tell.</param>
/// <param name="Ended">What living workers ended of it lately; null when Redis cannot tell.</param>
public sealed record QueueStatus(string Name, QueueHold? Hold, IReadOnlyList<QueueDepth> Depths, int? Workers, Throughput? Ended)
{
    public long Waiting => Depths.Sum(depth => depth.Count);

    /// <summary>Of these, runs that wait for a limit or for the run before them.</summary>
    public long Parked => Depths.Sum(depth => depth.Parked);

    /// <summary>When the first of what waits was queued.</summary>
    public DateTimeOffset? OldestAt => Depths.Min(depth => depth.OldestAt);
}

/// <summary>Reads of queues, shared by pages and end points.</summary>
public sealed class QueueQueries(RunStatistics statistics, QueueHolds holds)
{
    /// <summary>The queues that have runs waiting, are held, or have workers taking from them, by name.</summary>
    /// <param name="nodes">Who lives; null when Redis cannot tell.</param>
    public async Task<(IReadOnlyList<QueueStatus> Queues, HeldQueues Held)> ListAsync(IReadOnlyList<NodeStatus>? nodes, CancellationToken cancel)
    {
        var held = await holds.ReadAsync(cancel);
        var depths = (await statistics.DepthAsync(cancel)).ToLookup(depth => depth.Queue);
        var workers = nodes?.Where(node => node.Worker is not null).ToArray();
        var names = depths.Select(queue => queue.Key)
            .Concat(held.Holds.Select(hold => hold.Queue).Where(name => name != QueueHold.Everything))
            .Concat(workers?.SelectMany(worker => worker.Queues) ?? [])
            .Append(PlatformDefaults.Queue);
        return ([.. names.Distinct().Order(StringComparer.Ordinal).Select(name => new QueueStatus(
            name, held.Own(name), [.. depths[name]],
            workers?.Count(worker => worker.Queues.Contains(name)),
            workers is null ? null : Throughput.Of(workers.Select(worker => worker.Ended.GetValueOrDefault(name)).OfType<Throughput>())))], held);
    }
}
