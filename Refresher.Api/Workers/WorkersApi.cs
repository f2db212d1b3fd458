using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.Core.Runs;

namespace Refresher.Api.Workers;

/// <summary>Who works, and on how much: what workers say about themselves (Redis) beside what they were told and the leases they hold (PostgreSQL).</summary>
internal static class WorkersApi
{
    public static void MapWorkers(this IEndpointRouteBuilder routes)
    {
        var workers = routes.MapGroup("/workers").WithTags("Workers");
        workers.MapGet("/", ListAsync)
            .WithSummary("Lists the workers that live, and those that hold leases without giving a sign of life. role=scheduler, api or web lists other processes.");
        workers.MapGet("/{name}", GetAsync)
            .WithSummary("Shows a worker: what it was told, its processes, and the runs they execute with the age of their leases.");
    }

    private static async Task<Ok<Page<WorkerView>>> ListAsync(
        Query<WorkersQuery> query, LivingNodes nodes, WorkerCommands commands, RunStatistics statistics, CancellationToken cancel)
    {
        var living = (await nodes.ListAsync()).Where(node => node.Role == query.Value.Role).ToArray();
        var held = query.Value.Role == WorkersQuery.Worker ? await statistics.HeldAsync(cancel) : [];
        var orders = query.Value.Role == WorkersQuery.Worker ? await commands.OrdersAsync(cancel) : new Dictionary<string, WorkerOrder>();
        var byWorker = held.ToDictionary(runs => runs.Worker, StringComparer.Ordinal);
        var silent = held.Where(runs => living.All(node => node.Name != runs.Worker)).Select(WorkerView.Silent);
        return TypedResults.Ok(new Page<WorkerView>(
            [.. living.Select(node => WorkerView.Of(node, byWorker.GetValueOrDefault(node.Name), orders.GetValueOrDefault(node.Worker ?? ""))), .. silent], null));
    }

    private static async Task<Results<Ok<WorkerDetailsView>, ProblemHttpResult>> GetAsync(
        string name, LivingNodes nodes, WorkerQueries workers, TimeProvider clock, CancellationToken cancel) =>
        await workers.FindAsync(name, await nodes.ListAsync(), cancel) is { } worker
            ? TypedResults.Ok(WorkerDetailsView.Of(worker, clock.GetUtcNow()))
            : Problems.NotFound("worker", name);
}

/// <summary>Which processes to list.</summary>
internal sealed record WorkersQuery(string Role) : IQuery<WorkersQuery>
{
    public const string Worker = "worker";

    private static readonly string[] Roles = [Worker, "scheduler", "api", "web"];

    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("role", "worker (when it is not said), scheduler, api or web.")];

    public static WorkersQuery Read(QueryReader query) =>
        new(query.Text("role") is not { } role ? Worker : Roles.Contains(role) ? role : query.Wrong<string>("role", "one of " + string.Join(", ", Roles)) ?? Worker);
}
