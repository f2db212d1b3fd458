using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Runs.Rollups;

namespace Refresher.Core.Runs;

/// <summary>
/// Makes tomorrow's partitions before they are needed, deletes runs past their time in small bounded steps, and drops whole days past the
/// longest retention when no run in them is unfinished. Nothing goes before it is counted for the charts.
/// </summary>
internal sealed partial class RunRetention(
    NpgsqlDataSource database, RunPartitions partitions, RunRollups rollups, TimeProvider clock, SchemaGate gate, ILogger<RunRetention> log) : Loop(gate, log)
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
            await ForgetAsync(connection, cancel);
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var rules = await RetentionRules.ReadAsync(connection, now, cancel);
        foreach (var day in (await partitions.DaysAsync(cancel)).Where(day => rules.Any(rule => RunPartitions.StartOf(day) < rule.Before)))
        {
            // What is gone cannot be counted again, and every count of a day counts it whole.
            if (!await rollups.RollUpAsync(day, cancel))
            {
                LogNotCounted(day);
            }
            else if (rules.Any(rule => RunPartitions.StartOf(day.AddDays(1)) > rule.Before) || !await DropAsync(connection, day, cancel))
            {
                foreach (var rule in rules)
                {
                    await DeleteAsync(connection, day, rule, cancel);
                }
            }
        }

        await DeleteGapsAsync(connection, now - PlatformDefaults.FailureRetention, cancel);
    }

    /// <returns>False when the day has to stay because of a run that has not ended. True also when it is being read: then it goes the next time.</returns>
    private async Task<bool> DropAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancel)
    {
        await using var look = new NpgsqlCommand($"SELECT EXISTS (SELECT 1 FROM {RunPartitions.NameOf("runs", day)} WHERE finished_at IS NULL)", connection);
        if ((bool)(await look.ExecuteScalarAsync(cancel))!)
        {
            LogKept(day);
            return false;
        }

        if (!await PartitionDrop.TryAsync(connection, RunPartitions.Tables.Select(table => RunPartitions.NameOf(table.Table, day)), cancel))
        {
            LogBeingRead(day);
            return true;
        }

        partitions.Forget(day);
        LogDropped(day);
        return true;
    }

    private static async Task DeleteAsync(NpgsqlConnection connection, DateOnly day, RetentionRule rule, CancellationToken cancel)
    {
        if (RunPartitions.StartOf(day) >= rule.Before)
        {
            return;
        }

        int deleted;
        do
        {
            await using var delete = new NpgsqlCommand($"""
                WITH gone AS (
                    DELETE FROM {RunPartitions.NameOf("runs", day)} WHERE id IN (
                        SELECT id FROM {RunPartitions.NameOf("runs", day)} WHERE id < $1 AND {rule.Where} LIMIT {DeleteBatch})
                    RETURNING id),
                attempts AS (DELETE FROM {RunPartitions.NameOf("run_attempts", day)} a USING gone WHERE a.run_id = gone.id),
                lines AS (DELETE FROM {RunPartitions.NameOf("run_logs", day)} l USING gone WHERE l.run_id = gone.id)
                SELECT count(*)::int FROM gone
                """, connection) { Parameters = { new() { Value = RunId.LowestAt(rule.Before) }, new() { Value = rule.Schedules } } };
            deleted = (int)(await delete.ExecuteScalarAsync(cancel))!;
        }
        while (deleted == DeleteBatch);
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped the runs of {Day}: past the longest retention.")]
    private partial void LogDropped(DateOnly day);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The runs of {Day} are past their time but some have not ended; the day is kept.")]
    private partial void LogKept(DateOnly day);

    [LoggerMessage(Level = LogLevel.Information, Message = "The runs of {Day} are past the longest retention and are being read, by a backup perhaps; they go the next time.")]
    private partial void LogBeingRead(DateOnly day);

    [LoggerMessage(Level = LogLevel.Information, Message = "Runs of {Day} may go, but are not all counted for the charts yet; they stay until then.")]
    private partial void LogNotCounted(DateOnly day);
}
