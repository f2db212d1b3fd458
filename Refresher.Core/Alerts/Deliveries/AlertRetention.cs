using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Alerts.Deliveries;

/// <summary>Deletes deliveries and alerts that ended long ago, in small bounded steps. Changes from before that are not taken in again (see <c>Alerter</c>).</summary>
internal sealed class AlertRetention(NpgsqlDataSource database, TimeProvider clock, SchemaGate gate, ILogger<AlertRetention> log) : Loop(gate, log)
{
    private const int DeleteBatch = 5000;

    // A change is looked at by its own time, a delivery is written a little later: a day between them leaves no gap.
    private static readonly (string Table, string Condition)[] Old =
    [
        ("deliveries", "finished_at < $1"),
        ("alert_episodes", "state = 'recovered' AND changed_at < $1 AND notice_at IS NULL"),
    ];

    private bool _first = true;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = _first ? TimeSpan.Zero : TimeSpan.FromHours(1);
        _first = false;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var before = clock.GetUtcNow() - PlatformDefaults.DeliveryRetention - TimeSpan.FromDays(1);
        foreach (var (table, condition) in Old)
        {
            int deleted;
            do
            {
                // Two processes may do this at once: each skips what the other has in hand.
                await using var delete = database.CreateCommand($"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE {condition} ORDER BY id LIMIT {DeleteBatch} FOR UPDATE SKIP LOCKED)");
                delete.Parameters.Add(new() { Value = before });
                deleted = await delete.ExecuteNonQueryAsync(cancel);
            }
            while (deleted == DeleteBatch);
        }
    }
}
