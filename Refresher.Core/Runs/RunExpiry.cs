using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Runs;

/// <summary>Ends queued runs that lost their point before anybody took them. Their entry in Redis finds nothing to claim and goes by itself.</summary>
internal sealed class RunExpiry(NpgsqlDataSource database, RunEndings endings, RunDispatch dispatch, TimeProvider clock, SchemaGate gate, ILogger<RunExpiry> log)
    : Loop(gate, log)
{
    private const int BatchSize = 1000;

    private const string SelectSql = """
        SELECT id, schedule_id, limited FROM runs WHERE state = 'queued' AND expires_at IS NOT NULL AND expires_at <= $1 ORDER BY expires_at LIMIT $2
        """;

    private const string ExpireSql = """
        UPDATE runs SET state = 'expired', reason = 'expired: ' || CASE WHEN waiting_for IS NULL THEN 'no worker took it' ELSE 'it had to wait' END || ' before ' || to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"'), finished_at = $4
        WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND state = ANY($5) AND expires_at <= $4
        """ + RunRows.Returning;

    private static readonly string[] From = RunTransitions.From(RunState.Expired, RunActor.Scheduler);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        while (await ExpireAsync(cancel) == BatchSize)
        {
        }
    }

    private async Task<int> ExpireAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var select = new NpgsqlCommand(SelectSql, connection) { Parameters = { new() { Value = now }, new() { Value = BatchSize } } };
        await select.PrepareAsync(cancel);
        var found = await RunRows.ReadAsync(select, cancel);
        if (found.Count == 0)
        {
            return 0;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IndexPlans.UseAsync(connection, cancel);
        await RunEndings.LockAsync(
            connection, [.. found.Where(run => run.Limited).Select(run => run.Id)], found.Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        var ids = found.Select(run => run.Id).ToArray();
        var (lowest, highest) = RunId.Bounds(ids);
        await using var expire = new NpgsqlCommand(ExpireSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = now }, new() { Value = From } },
        };
        var expired = await RunRows.ReadEndedAsync(expire, RunState.Expired, now, cancel);
        var aftermath = await endings.ApplyAsync(connection, expired, now, cancel);
        await transaction.CommitAsync(cancel);
        await dispatch.SendAsync(aftermath, expired.Select(run => run.Id));
        return found.Count;
    }
}
