using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Workers;
using Refresher.Core;
using Refresher.Core.Runs;

namespace Refresher.Api.Queues;

/// <summary>The queues: what waits in them, and for how long.</summary>
internal static class QueuesApi
{
    public static void MapQueues(this IEndpointRouteBuilder routes) => routes.MapGet("/queues", ListAsync)
        .WithTags("Queues")
        .WithSummary("Lists the queues that have runs waiting or workers taking from them.");

    private static async Task<Ok<Page<QueueView>>> ListAsync(RunStatistics statistics, LivingNodes nodes, TimeProvider clock, CancellationToken cancel)
    {
        var depths = (await statistics.DepthAsync(cancel)).ToLookup(depth => depth.Queue);
        var workers = (await nodes.ListAsync()).Where(node => node.Concurrency is not null).ToArray();
        var names = depths.Select(queue => queue.Key).Concat(workers.SelectMany(worker => worker.Queues)).Append(PlatformDefaults.Queue);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new Page<QueueView>(
            [.. names.Distinct().Order(StringComparer.Ordinal).Select(name => QueueView.Of(name, [.. depths[name]], workers.Count(worker => worker.Queues.Contains(name)), now))],
            null));
    }
}

/// <summary>A queue as the Api shows it.</summary>
/// <param name="Waiting">Queued runs.</param>
/// <param name="OldestAge">Seconds the first of them has waited; null when none waits.</param>
/// <param name="Workers">How many take from it; 0 also when Redis cannot tell.</param>
internal sealed record QueueView(string Name, long Waiting, DateTimeOffset? OldestAt, double? OldestAge, int Workers, IReadOnlyList<PriorityView> Priorities)
{
    public static QueueView Of(string name, IReadOnlyList<QueueDepth> depths, int workers, DateTimeOffset now)
    {
        var oldest = depths.Min(depth => depth.OldestAt);
        return new QueueView(
            name, depths.Sum(depth => depth.Count), oldest, oldest is { } at ? Math.Max(0, (now - at).TotalSeconds) : null, workers,
            [.. depths.Select(depth => new PriorityView(depth.Priority, depth.Count, depth.OldestAt))]);
    }
}

/// <summary>What waits in a queue with one priority, 0 (first) to 4.</summary>
internal sealed record PriorityView(short Priority, long Waiting, DateTimeOffset? OldestAt);
