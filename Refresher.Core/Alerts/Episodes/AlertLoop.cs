using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;

namespace Refresher.Core.Alerts.Episodes;

/// <summary>Tells what time makes due: what has lasted long enough, reminders, what waited for the end of quiet hours. Each row is taken by one process.</summary>
internal sealed class AlertLoop(NpgsqlDataSource database, AlertWriter writer, LiveSignals signals, TimeProvider clock, SchemaGate gate, ILogger<AlertLoop> log) : Loop(gate, log)
{
    private const int Batch = 200;

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await EarliestDue.ReadAsync(connection, AlertRows.EarliestDueSql, cancel) > clock.GetUtcNow())
        {
            return;
        }

        int settled;
        do
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var due = await AlertRows.DueAsync(connection, clock.GetUtcNow(), Batch, cancel);
            settled = due.Count;
            var told = settled == 0 ? 0 : await writer.SettleAsync(connection, due, await AlertRows.RulesAsync(connection, cancel), cancel);
            await transaction.CommitAsync(cancel);
            if (told > 0)
            {
                await signals.PublishAsync([LiveSignal.Alerts, LiveSignal.Deliveries]);
            }
        }
        while (settled == Batch);
    }
}
