using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>A worker: what it was told, its processes, and what they execute.</summary>
/// <param name="Name">The name by which it is given orders.</param>
/// <param name="Order">Null when it was never told anything.</param>
/// <param name="Processes">Those that live.</param>
/// <param name="Runs">What its processes hold, living or not; at most <see cref="WorkerQueries.MostRuns"/>.</param>
public sealed record WorkerDetails(string Name, WorkerOrder? Order, IReadOnlyList<NodeStatus> Processes, IReadOnlyList<Run> Runs)
{
    /// <summary>How long ago a run's lease was renewed; null when that cannot be told.</summary>
    public TimeSpan? LeaseAge(Run run, DateTimeOffset now) =>
        run.LeaseUntil is { } until && Processes.FirstOrDefault(node => node.Name == run.Worker)?.Lease is { } lease
            ? TimeSpan.FromTicks(Math.Max(0, (now - until + lease).Ticks))
            : null;
}

/// <summary>Reads of one worker, shared by page and end point.</summary>
public sealed class WorkerQueries(WorkerCommands commands, RunStatistics statistics, RefresherDb db)
{
    /// <summary>Running runs that are listed, those due first.</summary>
    public const int MostRuns = 200;

    /// <param name="name">The worker's name, or that of one of its processes.</param>
    /// <param name="nodes">Who lives, as far as that is known.</param>
    /// <returns>Null when nobody has heard of it.</returns>
    public async Task<WorkerDetails?> FindAsync(string name, IReadOnlyList<NodeStatus> nodes, CancellationToken cancel)
    {
        var orders = await commands.OrdersAsync(cancel);
        var known = nodes.FirstOrDefault(node => node.Worker is not null && (node.Worker == name || node.Name == name))?.Worker ?? name;
        var processes = nodes.Where(node => node.Worker == known).ToArray();
        var order = orders.GetValueOrDefault(known);
        var silent = (await statistics.HeldAsync(cancel)).Select(held => held.Worker).Where(worker => IsProcessOf(worker, known));
        string?[] names = [.. processes.Select(node => node.Name).Union(silent)];
        var held = await db.Runs.AsNoTracking().Where(r => r.FinishedAt == null && r.State == RunState.Running && names.Contains(r.Worker))
            .OrderBy(r => r.Id).Take(MostRuns).ToListAsync(cancel);
        return processes.Length == 0 && order is null && held.Count == 0 ? null : new WorkerDetails(known, order, processes, held);
    }

    // A process is called by its worker's name and its number.
    private static bool IsProcessOf(string process, string worker) =>
        process == worker
        || (process.StartsWith(worker + ".", StringComparison.Ordinal) && int.TryParse(process.AsSpan(worker.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
