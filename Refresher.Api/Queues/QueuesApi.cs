using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Workers;
using Refresher.Core;
using Refresher.Core.Queue;

namespace Refresher.Api.Queues;

/// <summary>The queues: what waits in them and for how long, and whether runs may begin.</summary>
internal static class QueuesApi
{
    public static void MapQueues(this IEndpointRouteBuilder routes)
    {
        var queues = routes.MapGroup("/queues").WithTags("Queues");
        queues.MapGet("/", ListAsync).WithSummary("Lists the queues that have runs waiting, are paused, or have workers taking from them.");
        queues.MapPost("/{name}/pause", PauseAsync).WithSummary("Lets no further run of a queue begin: after the answer none does. What is queued waits.");
        queues.MapPost("/{name}/resume", ResumeAsync).WithSummary("Lets a queue's runs begin again. The time they were held counts as blocked.");
    }

    private static async Task<Ok<Page<QueueView>>> ListAsync(QueueQueries queries, LivingNodes nodes, TimeProvider clock, CancellationToken cancel)
    {
        var (queues, held) = await queries.ListAsync(await nodes.ListAsync(), cancel);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new Page<QueueView>([.. queues.Select(queue => QueueView.Of(queue, held, now))], null));
    }

    private static async Task<Results<Ok<HoldView>, ProblemHttpResult>> PauseAsync(string name, JsonBody<PauseInput>? body, QueueCommands commands, CancellationToken cancel)
    {
        var paused = IsAll(name) ?? await commands.PauseAsync(name, body?.Value.Reason, cancel);
        return paused.Value is { } hold ? TypedResults.Ok(HoldView.Of(hold)) : Problems.Of(paused, "queue", name);
    }

    private static async Task<Results<Ok<ResumedView>, ProblemHttpResult>> ResumeAsync(string name, QueueCommands commands, CancellationToken cancel)
    {
        if (IsAll(name) is { } wrong)
        {
            return Problems.Of(wrong, "queue", name);
        }

        var resumed = await commands.ResumeAsync(name, cancel);
        return resumed.Value is { } held ? TypedResults.Ok(new ResumedView(HoldView.Of(held.Everything))) : Problems.Of(resumed, "queue", name);
    }

    /// <summary>All dispatch has an address of its own, so that nobody holds it by a slip.</summary>
    private static Result<QueueHold>? IsAll(string name) => name != QueueHold.Everything ? null
        : Result<QueueHold>.Invalid(new FieldErrors().Add("name", $"name: to hold all dispatch use {ApiRoutes.Base}/system/pause."));
}

/// <summary>Why somebody pauses; may be left out.</summary>
/// <param name="Reason">At most 500 characters.</param>
internal sealed record PauseInput(string? Reason);

/// <summary>A hold.</summary>
/// <param name="All">True when all dispatch is held.</param>
internal sealed record HoldView(DateTimeOffset Since, string By, string? Reason, bool All)
{
    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(hold))]
    public static HoldView? Of(QueueHold? hold) => hold is null ? null : new(hold.HeldAt, hold.HeldBy, hold.Reason, hold.Queue == QueueHold.Everything);
}

/// <summary>What a resume leaves.</summary>
/// <param name="Held">The hold of all dispatch that keeps the queue from running still; null when nothing does.</param>
internal sealed record ResumedView(HoldView? Held);

/// <summary>A queue as the Api shows it.</summary>
/// <param name="Held">What keeps its runs from beginning; null when nothing does.</param>
/// <param name="Waiting">Queued runs.</param>
/// <param name="Parked">Of these, runs that wait for a limit or for the run before them: no worker may take them yet.</param>
/// <param name="OldestAge">Seconds the first of them has waited; null when none waits.</param>
/// <param name="Workers">How many take from it; 0 also when Redis cannot tell.</param>
/// <param name="Ended">Runs that living workers ended within the last minute and hour.</param>
internal sealed record QueueView(
    string Name, HoldView? Held, long Waiting, long Parked, DateTimeOffset? OldestAt, double? OldestAge, int Workers, Throughput? Ended, IReadOnlyList<PriorityView> Priorities)
{
    public static QueueView Of(QueueStatus queue, HeldQueues held, DateTimeOffset now) => new(
        queue.Name, HoldView.Of(held.Of(queue.Name)), queue.Waiting, queue.Parked, queue.OldestAt, queue.OldestAt is { } at ? Math.Max(0, (now - at).TotalSeconds) : null,
        queue.Workers ?? 0, queue.Ended, [.. queue.Depths.Select(depth => new PriorityView(depth.Priority, depth.Count, depth.Parked, depth.OldestAt))]);
}

/// <summary>What waits in a queue with one priority, 0 (first) to 4.</summary>
internal sealed record PriorityView(short Priority, long Waiting, long Parked, DateTimeOffset? OldestAt);
