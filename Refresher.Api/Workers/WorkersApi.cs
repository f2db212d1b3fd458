using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Http;
using Refresher.Core;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Api.Workers;

/// <summary>Who works, and on how much: what workers say about themselves (Redis) beside the leases they hold (PostgreSQL).</summary>
internal static class WorkersApi
{
    public static void MapWorkers(this IEndpointRouteBuilder routes) => routes.MapGet("/workers", ListAsync)
        .WithTags("Workers")
        .WithSummary("Lists the workers that live, and those that hold leases without giving a sign of life. role=scheduler, api or web lists other processes.");

    private static async Task<Ok<Page<WorkerView>>> ListAsync(Query<WorkersQuery> query, LivingNodes nodes, RunStatistics statistics, CancellationToken cancel)
    {
        var living = (await nodes.ListAsync()).Where(node => node.Role == query.Value.Role).ToArray();
        var held = query.Value.Role == WorkersQuery.Worker ? await statistics.HeldAsync(cancel) : [];
        var byWorker = held.ToDictionary(runs => runs.Worker, StringComparer.Ordinal);
        var silent = held.Where(runs => living.All(node => node.Name != runs.Worker)).Select(WorkerView.Silent);
        return TypedResults.Ok(new Page<WorkerView>([.. living.Select(node => WorkerView.Of(node, byWorker.GetValueOrDefault(node.Name))), .. silent], null));
    }
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

/// <summary>A process as the Api shows it. What only the process itself can say is null while it is silent.</summary>
/// <param name="State"><c>running</c>, <c>draining</c>, <c>stopping</c>, or <c>silent</c>: it holds leases and gave no sign of life.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Cpu">Cores used.</param>
/// <param name="Running">Runs it holds a lease on.</param>
/// <param name="LeaseUntil">When the first of its leases ends unless it is renewed.</param>
internal sealed record WorkerView(
    string Name, string Role, string State, string? Version, DateTimeOffset? StartedAt, DateTimeOffset? SeenAt, long? Memory, double? Cpu,
    int? Concurrency, int? Busy, IReadOnlyList<string>? Queues, long? Done, long? Failed, long Running, DateTimeOffset? LeaseUntil)
{
    public static WorkerView Of(NodeStatus node, HeldRuns? held) => new(
        node.Name, node.Role, node.State, node.Version, node.StartedAt, node.SeenAt, node.Memory, node.Cpu,
        node.Concurrency, node.Busy, node.Queues, node.Done, node.Failed, held?.Count ?? 0, held?.LeaseUntil);

    public static WorkerView Silent(HeldRuns held) =>
        new(held.Worker, WorkersQuery.Worker, "silent", null, null, null, null, null, null, null, null, null, null, held.Count, held.LeaseUntil);
}
