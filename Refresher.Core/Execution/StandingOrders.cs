using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Queue;

namespace Refresher.Core.Execution;

/// <summary>
/// Looks what people want of this worker and which queues they hold: at once when it hears that something changed, and every few seconds
/// in case it did not hear.
/// </summary>
internal sealed partial class StandingOrders(
    NpgsqlDataSource database, QueueHolds holds, WorkerStance stance, WorkerSlots slots, WorkerSignals signals, NodeName node, NodeRole role,
    IOptions<WorkerOptions> options, IHostApplicationLifetime lifetime, TimeProvider clock, SchemaGate gate, ILogger<StandingOrders> log) : Loop(gate, log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private DateTimeOffset _beganAt;

    protected override Task BeginAsync(CancellationToken cancel)
    {
        _beganAt = clock.GetUtcNow();
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(CancellationToken cancel) => stance.Known.IsCompleted ? signals.Look.WaitAsync(LookEvery, cancel) : Task.CompletedTask;

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var order = await ReadAsync(cancel);
        var concurrency = order?.Concurrency ?? options.Value.Slots;
        var draining = order?.DrainedAt is not null;
        if (slots.Concurrency != concurrency || stance.IsDraining != draining)
        {
            LogChanged(draining ? "takes no runs" : "takes runs", concurrency);
        }

        slots.Concurrency = concurrency;
        stance.Learn(draining, await holds.ReadAsync(cancel));
        signals.Wake.Set();
        role.Changed.Set();
        if (order?.StoppedAt > _beganAt && !lifetime.ApplicationStopping.IsCancellationRequested)
        {
            LogStopping(order.StoppedBy ?? "");
            lifetime.StopApplication();
        }
    }

    private async Task<WorkerOrder?> ReadAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT drained_at, concurrency, stopped_at, stopped_by FROM worker_orders WHERE worker = $1");
        command.Parameters.Add(new() { Value = node.Name });
        await using var row = await command.ExecuteReaderAsync(cancel);
        return !await row.ReadAsync(cancel) ? null : new WorkerOrder
        {
            Worker = node.Name,
            DrainedAt = row.IsDBNull(0) ? null : row.GetFieldValue<DateTimeOffset>(0),
            Concurrency = row.IsDBNull(1) ? null : row.GetInt32(1),
            StoppedAt = row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2),
            StoppedBy = row.IsDBNull(3) ? null : row.GetString(3),
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "By order this worker {Takes}, with {Concurrency} slot(s).")]
    private partial void LogChanged(string takes, int concurrency);

    [LoggerMessage(Level = LogLevel.Information, Message = "{By} told this worker to stop.")]
    private partial void LogStopping(string by);
}
