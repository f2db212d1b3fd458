using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Runs;

/// <summary>
/// Makes tomorrow's partitions before they are needed, deletes succeeded runs past their time in small bounded steps, and drops whole days
/// past the longest retention when no run in them is unfinished.
/// </summary>
internal sealed partial class RunRetention(NpgsqlDataSource database, RunPartitions partitions, TimeProvider clock, SchemaGate gate, ILogger<RunRetention> log) : Loop(gate, log)
{
    private const int DaysAhead = 2;
    private const int DeleteBatch = 5000;

    /// <summary>One process does this at a time; a second one would only wait for the first one's locks.</summary>
    private const long AdvisoryLock = 0x5245_4652_5245_5445;

    private bool _first = true;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = _first ? TimeSpan.Zero : TimeSpan.FromHours(1);
        _first = false;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        for (var day = 0; day <= DaysAhead; day++)
        {
            await partitions.EnsureAsync(today.AddDays(day), cancel);
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var alone = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        if (!(bool)(await alone.ExecuteScalarAsync(cancel))!)
        {
            return;
        }

        try
        {
            await DropAsync(connection, today.AddDays(-(int)PlatformDefaults.FailureRetention.TotalDays - 1), cancel);
            await DeleteAsync(connection, clock.GetUtcNow() - PlatformDefaults.Retention, cancel);
            await DeleteGapsAsync(connection, clock.GetUtcNow() - PlatformDefaults.FailureRetention, cancel);
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task DropAsync(NpgsqlConnection connection, DateOnly upTo, CancellationToken cancel)
    {
        foreach (var day in await DaysAsync(connection, cancel))
        {
            if (day > upTo)
            {
                continue;
            }

            await using var look = new NpgsqlCommand($"SELECT EXISTS (SELECT 1 FROM {RunPartitions.NameOf("runs", day)} WHERE finished_at IS NULL)", connection);
            if ((bool)(await look.ExecuteScalarAsync(cancel))!)
            {
                LogKept(day);
                continue;
            }

            foreach (var (table, _) in RunPartitions.Tables)
            {
                await using var drop = new NpgsqlCommand($"DROP TABLE IF EXISTS {RunPartitions.NameOf(table, day)}", connection);
                await drop.ExecuteNonQueryAsync(cancel);
            }

            partitions.Forget(day);
            LogDropped(day);
        }
    }

    private static async Task DeleteAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        var highest = RunId.LowestAt(before);
        foreach (var day in (await DaysAsync(connection, cancel)).Where(day => RunPartitions.StartOf(day) < before))
        {
            int deleted;
            do
            {
                await using var delete = new NpgsqlCommand($"""
                    WITH gone AS (
                        DELETE FROM {RunPartitions.NameOf("runs", day)} WHERE id IN (
                            SELECT id FROM {RunPartitions.NameOf("runs", day)} WHERE id < $1 AND state = 'succeeded' ORDER BY id LIMIT {DeleteBatch})
                        RETURNING id),
                    attempts AS (DELETE FROM {RunPartitions.NameOf("run_attempts", day)} a USING gone WHERE a.run_id = gone.id),
                    lines AS (DELETE FROM {RunPartitions.NameOf("run_logs", day)} l USING gone WHERE l.run_id = gone.id)
                    SELECT count(*)::int FROM gone
                    """, connection) { Parameters = { new() { Value = highest } } };
                deleted = (int)(await delete.ExecuteScalarAsync(cancel))!;
            }
            while (deleted == DeleteBatch);
        }
    }

    private static async Task DeleteGapsAsync(NpgsqlConnection connection, DateTimeOffset before, CancellationToken cancel)
    {
        int deleted;
        do
        {
            await using var delete = new NpgsqlCommand(
                $"DELETE FROM occurrence_gaps WHERE ctid = ANY (ARRAY(SELECT ctid FROM occurrence_gaps WHERE to_at < $1 LIMIT {DeleteBatch}))", connection)
            {
                Parameters = { new() { Value = before } },
            };
            deleted = await delete.ExecuteNonQueryAsync(cancel);
        }
        while (deleted == DeleteBatch);
    }

    private static async Task<List<DateOnly>> DaysAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = 'runs'::regclass ORDER BY 1", connection);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var days = new List<DateOnly>();
        while (await reader.ReadAsync(cancel))
        {
            if (DateOnly.TryParseExact(reader.GetString(0)["runs_".Length..], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            {
                days.Add(day);
            }
        }

        return days;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped the runs of {Day}: past the longest retention.")]
    private partial void LogDropped(DateOnly day);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The runs of {Day} are past their time but some have not ended; the day is kept.")]
    private partial void LogKept(DateOnly day);
}
