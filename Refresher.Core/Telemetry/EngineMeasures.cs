using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Limits;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using StackExchange.Redis;

namespace Refresher.Core.Telemetry;

/// <summary>
/// In a scheduler: looks now and then how the whole stands, for the gauges: queues, leases, limits, processes. Every scheduler tells the same, so a query takes the
/// highest of them and not their sum.
/// </summary>
internal sealed class EngineMeasures(
    NpgsqlDataSource database, LimitQueries limits, NodePresence presence, TimeProvider clock, SchemaGate gate, ILogger<EngineMeasures> log) : Loop(gate, log)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    // What waits for a limit, or in a paused queue, is meant to wait: it has no age.
    private const string RunsSql = """
        SELECT queue, state, waiting_for IS NOT NULL, count(*), count(*) FILTER (WHERE lease_until < $1),
               min(queued_at) FILTER (WHERE waiting_for IS NULL AND NOT EXISTS (SELECT FROM queue_holds h WHERE h.queue IN (runs.queue, '*')))
        FROM runs WHERE finished_at IS NULL GROUP BY 1, 2, 3
        """;

    private const string SchedulesSql = "SELECT count(*) FILTER (WHERE enabled), count(*) FILTER (WHERE NOT enabled) FROM schedules";

    private readonly BoundedGauge<long> _depth = new(RefresherTelemetry.QueueDepth, (one, other) => one + other, "queue");
    private readonly BoundedGauge<double> _age = new(RefresherTelemetry.QueueAge, Math.Max, "queue");
    private readonly BoundedGauge<long> _slots = new(RefresherTelemetry.LimitSlots, (one, other) => one + other, "limit");
    private readonly BoundedGauge<long> _waiting = new(RefresherTelemetry.LimitWaiting, (one, other) => one + other, "limit");
    private readonly BoundedGauge<long> _nodes = new(RefresherTelemetry.Nodes, (one, other) => one + other, "role");
    private bool _looked;

    protected override Task WaitAsync(CancellationToken cancel) => _looked ? Task.Delay(Every, clock, cancel) : Task.CompletedTask;

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        _looked = true;
        await LookAtRunsAsync(cancel);

        // Concurrency keys are anybody's to make: they are told together, and those that have a limit of their own by name.
        var uses = await limits.ListAsync(cancel);
        _slots.Record(uses.Select(use => (NameOf(use), (string?)null, use.Held)));
        _waiting.Record(uses.Select(use => (NameOf(use), (string?)null, use.Waiting)));
        try
        {
            _nodes.Record((await presence.ListAsync()).Select(node => (node.Role, (string?)node.State, 1L)));
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            // Who lives is not known; the last look stands, and the health of this process says the rest.
        }
    }

    private static string NameOf(LimitUse use) => use.IsDefault ? "key" : LimitRule.KeyOf(use.Scope, use.Name);

    private async Task LookAtRunsAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(RunsSql) { Parameters = { new() { Value = now } } });
        batch.BatchCommands.Add(new(SchedulesSql));
        await using var row = await batch.ExecuteReaderAsync(cancel);
        var groups = new List<Group>();
        while (await row.ReadAsync(cancel))
        {
            groups.Add(new(
                row.GetString(0), Words<RunState>.Parse(row.GetString(1)), row.GetBoolean(2), row.GetInt64(3), row.GetInt64(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5)));
        }

        Tell(groups, now);
        await row.NextResultAsync(cancel);
        await row.ReadAsync(cancel);
        RefresherTelemetry.Schedules.Record(row.GetInt64(0), new KeyValuePair<string, object?>("state", "enabled"));
        RefresherTelemetry.Schedules.Record(row.GetInt64(1), new KeyValuePair<string, object?>("state", "paused"));
    }

    private void Tell(List<Group> groups, DateTimeOffset now)
    {
        var queued = groups.FindAll(group => group.State == RunState.Queued);
        _depth.Record(queued.Select(group => (group.Queue, (string?)(group.Parked ? "parked" : "takeable"), group.Count)));
        _age.Record(queued.Where(group => !group.Parked).Select(group => (group.Queue, (string?)null, group.OldestAt is { } at && at < now ? (now - at).TotalSeconds : 0)));
        foreach (var state in Enum.GetValues<RunState>().Where(state => !state.IsFinal()))
        {
            RefresherTelemetry.Unfinished.Record(groups.Where(group => group.State == state).Sum(group => group.Count), new KeyValuePair<string, object?>("state", state.Word()));
        }

        var running = groups.FindAll(group => group.State == RunState.Running);
        var overdue = running.Sum(group => group.Overdue);
        RefresherTelemetry.Leases.Record(running.Sum(group => group.Count) - overdue, new KeyValuePair<string, object?>("state", "held"));
        RefresherTelemetry.Leases.Record(overdue, new KeyValuePair<string, object?>("state", "overdue"));
    }

    /// <summary>Unfinished runs of a queue that stand alike.</summary>
    private sealed record Group(string Queue, RunState State, bool Parked, long Count, long Overdue, DateTimeOffset? OldestAt);
}
