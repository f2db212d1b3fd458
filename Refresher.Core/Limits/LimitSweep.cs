using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Runs;

namespace Refresher.Core.Limits;

/// <summary>
/// The net under the limits: lets go on what waits although there is room (a limit was raised or deleted, or two decisions met), and takes
/// back slots whose run has ended some other way. The usual way is that the end of one run lets the next one go on.
/// </summary>
internal sealed partial class LimitSweep(
    NpgsqlDataSource database, LimitGrants grants, RunDispatch dispatch, TimeProvider clock, SchemaGate gate, ILogger<LimitSweep> log) : Loop(gate, log)
{
    /// <summary>A look takes at most this part of the time: with a long line it comes less often.</summary>
    private const int Share = 20;

    private const string WaitingSql = "SELECT DISTINCT waiting_for FROM runs WHERE waiting_for IS NOT NULL AND finished_at IS NULL";

    private const int SlotsALook = 20_000;

    private const string HoldersSql = "SELECT DISTINCT run_id FROM limit_slots LIMIT $1";

    private const string GoingOnSql = "SELECT id FROM runs WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND finished_at IS NULL AND limited AND state IN ('queued', 'running')";

    private const string StraySql = "DELETE FROM limit_slots WHERE run_id = ANY($1)";

    private TimeSpan _wait = TimeSpan.FromSeconds(1);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(_wait, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await FreeStraysAsync(connection, cancel);
        foreach (var key in await WaitingAsync(connection, cancel))
        {
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            await IndexPlans.UseAsync(connection, cancel);
            var granted = await grants.GrantAsync(connection, key, clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            await dispatch.SendAsync(granted);
        }

        var took = clock.GetElapsedTime(began);
        _wait = took * Share > TimeSpan.FromSeconds(1) ? took * Share : TimeSpan.FromSeconds(1);
    }

    /// <summary>A slot and what its run is are written together, so one whose run does not go on has been forgotten.</summary>
    private async Task FreeStraysAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var holders = await IdsAsync(new NpgsqlCommand(HoldersSql, connection) { Parameters = { new() { Value = SlotsALook } } }, cancel);
        if (holders.Length == 0)
        {
            return;
        }

        var (lowest, highest) = RunId.Bounds(holders);
        var goingOn = await IdsAsync(
            new NpgsqlCommand(GoingOnSql, connection) { Parameters = { new() { Value = holders }, new() { Value = lowest }, new() { Value = highest } } }, cancel);
        var strays = holders.Except(goingOn).ToArray();
        if (strays.Length > 0)
        {
            await using var free = new NpgsqlCommand(StraySql, connection) { Parameters = { new() { Value = strays } } };
            if (await free.ExecuteNonQueryAsync(cancel) is > 0 and var count)
            {
                LogStray(count);
            }
        }
    }

    private static async Task<Guid[]> IdsAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using (command)
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            var ids = new List<Guid>();
            while (await row.ReadAsync(cancel))
            {
                ids.Add(row.GetGuid(0));
            }

            return [.. ids];
        }
    }

    private static async Task<List<string>> WaitingAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(WaitingSql, connection);
        await using var row = await command.ExecuteReaderAsync(cancel);
        var keys = new List<string>();
        while (await row.ReadAsync(cancel))
        {
            var key = row.GetString(0);
            if (key != Waits.Overlap && !LimitRule.IsRate(key))
            {
                keys.Add(key);
            }
        }

        return keys;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} slot(s) of limits were held by runs that do not go on; they are free again.")]
    private partial void LogStray(int count);
}
