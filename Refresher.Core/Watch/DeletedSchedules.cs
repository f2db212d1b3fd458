using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;

namespace Refresher.Core.Watch;

/// <summary>Ends what is open for schedules that are not there any more: nothing of theirs can make it good.</summary>
internal sealed class DeletedSchedules(NpgsqlDataSource database, OutboxWriter outbox, TimeProvider clock, SchemaGate gate, ILogger<DeletedSchedules> log) : Loop(gate, log)
{
    private const string Sql = """
        SELECT condition, subject_id FROM open_conditions o
        WHERE condition = ANY($1) AND subject_id ~ '^[0-9a-f]{8}-[0-9a-f]{4}-' AND NOT EXISTS (SELECT FROM schedules WHERE id = o.subject_id::uuid)
        ORDER BY 1, 2 LIMIT 1000
        """;

    private static readonly string[] OfSchedules = [CoreConditions.RunFailed, CoreConditions.RunLate, CoreConditions.RunMissed];

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(10), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var orphans = new List<(string Condition, string Subject)>();
        await using (var find = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = OfSchedules } } })
        await using (var row = await find.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                orphans.Add((row.GetString(0), row.GetString(1)));
            }
        }

        foreach (var (condition, subject) in orphans)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await outbox.AppendAsync(connection, await OpenConditions.EndAsync(connection, condition, [subject], now, "the schedule was deleted", cancel), cancel);
            await transaction.CommitAsync(cancel);
            await outbox.TellAsync();
        }
    }
}
