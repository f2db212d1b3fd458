using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Api.Workers;

/// <summary>A process as the Api shows it. What only the process itself can say is null while it is silent.</summary>
/// <param name="Worker">The name by which it is given orders; null for processes that execute no runs.</param>
/// <param name="State"><c>running</c>, <c>draining</c>, <c>stopping</c>, or <c>silent</c>: it holds leases and gave no sign of life.</param>
/// <param name="Memory">Bytes.</param>
/// <param name="Cpu">Cores used.</param>
/// <param name="Ended">Runs it ended within the last minute and hour.</param>
/// <param name="Running">Runs it holds a lease on.</param>
/// <param name="LeaseUntil">When the first of its leases ends unless it is renewed.</param>
/// <param name="Order">What it was told; null: nothing.</param>
internal sealed record WorkerView(
    string Name, string Role, string? Worker, string State, string? Version, DateTimeOffset? StartedAt, DateTimeOffset? SeenAt, long? Memory, double? Cpu,
    int? Concurrency, int? Busy, IReadOnlyList<string>? Queues, long? Done, long? Failed, Throughput? Ended, long Running, DateTimeOffset? LeaseUntil, OrderView? Order)
{
    public static WorkerView Of(NodeStatus node, HeldRuns? held, WorkerOrder? order) => new(
        node.Name, node.Role, node.Worker, node.State, node.Version, node.StartedAt, node.SeenAt, node.Memory, node.Cpu,
        node.Concurrency, node.Busy, node.Queues, node.Done, node.Failed, node.Worker is null ? null : Throughput.Of(node.Ended.Values),
        held?.Count ?? 0, held?.LeaseUntil, order is null ? null : OrderView.Of(order));

    public static WorkerView Silent(HeldRuns held) =>
        new(held.Worker, WorkersQuery.Worker, null, "silent", null, null, null, null, null, null, null, null, null, null, null, held.Count, held.LeaseUntil, null);
}

/// <summary>A worker as the Api shows it.</summary>
/// <param name="Order">What it was told; null: nothing.</param>
/// <param name="Processes">Those of its name that live.</param>
/// <param name="Runs">What they execute; at most 200, those due first.</param>
internal sealed record WorkerDetailsView(string Name, OrderView? Order, IReadOnlyList<WorkerView> Processes, IReadOnlyList<ActiveRunView> Runs)
{
    public static WorkerDetailsView Of(WorkerDetails worker, DateTimeOffset now) => new(
        worker.Name, worker.Order is null ? null : OrderView.Of(worker.Order),
        [.. worker.Processes.Select(node => WorkerView.Of(node, HeldBy(node, worker.Runs), worker.Order))],
        [.. worker.Runs.Select(run => ActiveRunView.Of(run, worker.LeaseAge(run, now)))]);

    private static HeldRuns? HeldBy(NodeStatus node, IReadOnlyList<Run> runs) =>
        runs.Where(run => run.Worker == node.Name).ToArray() is { Length: > 0 } held ? new HeldRuns(node.Name, held.Length, held.Min(run => run.LeaseUntil)) : null;
}

/// <summary>A run that is being executed.</summary>
/// <param name="Process">Who executes it.</param>
/// <param name="Progress">0 to 100; null when the task never said.</param>
/// <param name="LeaseAge">Seconds since its lease was renewed; null when that cannot be told.</param>
internal sealed record ActiveRunView(
    Guid Id, string Kind, Guid? ScheduleId, string? ScheduleKey, string Queue, string? Process, int Attempt, DateTimeOffset? StartedAt,
    short? Progress, string? ProgressText, DateTimeOffset? LeaseUntil, double? LeaseAge)
{
    public static ActiveRunView Of(Run run, TimeSpan? leaseAge) => new(
        run.Id, run.Kind, run.ScheduleId, run.ScheduleKey, run.Queue, run.Worker, run.Attempt, run.StartedAt,
        run.Progress, run.ProgressText, run.LeaseUntil, leaseAge?.TotalSeconds);
}
