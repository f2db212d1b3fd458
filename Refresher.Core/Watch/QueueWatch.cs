using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Data;
using Refresher.Core.Outbox;

namespace Refresher.Core.Watch;

/// <summary>Looks for queues whose oldest run that could be taken has waited too long: no worker takes from it, or too few.</summary>
internal sealed class QueueWatch(NpgsqlDataSource database, OutboxWriter outbox, IOptions<WatchOptions> options, TimeProvider clock, SchemaGate gate, ILogger<QueueWatch> log)
    : ConditionWatch(database, outbox, options, clock, gate, log)
{
    // What waits for a limit or for the run before it could not be taken by anybody; a paused queue is meant to wait.
    private const string Sql = """
        SELECT queue, min(queued_at), count(*) FROM runs
        WHERE finished_at IS NULL AND state = 'queued' AND waiting_for IS NULL AND NOT EXISTS (SELECT FROM queue_holds WHERE queue_holds.queue IN (runs.queue, '*'))
        GROUP BY queue HAVING min(queued_at) < $1 ORDER BY 2
        """;

    protected override string Condition => CoreConditions.QueueOld;

    protected override async Task<IReadOnlyList<Trouble>?> LookAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        await using var look = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = now - Options.OldAfter } } };
        await using var row = await look.ExecuteReaderAsync(cancel);
        var old = new List<Trouble>();
        while (await row.ReadAsync(cancel))
        {
            var (queue, since, runs) = (row.GetString(0), row.GetFieldValue<DateTimeOffset>(1), row.GetInt64(2));
            old.Add(new Trouble(
                new TroubledSubject(queue, queue, []), now, $"its oldest run has waited since {since.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC; {runs} run(s) could be taken", $"/runs?state=queued&queue={Uri.EscapeDataString(queue)}"));
        }

        return old;
    }
}
