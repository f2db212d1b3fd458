using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Tasks.SiteMonitor.Checking;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>
/// Makes tomorrow's partition before it is needed, drops days past the retention, and deletes what was counted and incidents past theirs. One process
/// does it at a time; a second one goes without.
/// </summary>
internal sealed class CheckRetention(NpgsqlDataSource database, CheckPartitions partitions, IOptions<CheckOptions> options, TimeProvider clock, SchemaGate gate, ILogger<CheckRetention> log) : Loop(gate, log)
{
    /// <summary>How long what was counted by hour is kept.</summary>
    public static readonly TimeSpan HoursKept = TimeSpan.FromDays(35);

    /// <summary>How long what was counted by day is kept, and incidents that are over.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private const int DaysAhead = 2;
    private const int DeleteBatch = 5000;
    private const long AdvisoryLock = 0x5349_5445_5245_5445;

    private bool _first = true;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var wait = _first ? TimeSpan.Zero : TimeSpan.FromHours(1);
        _first = false;
        return Task.Delay(wait, clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await partitions.EnsureAsync(Enumerable.Range(0, DaysAhead + 1).Select(day => now.AddDays(day)), cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var alone = new NpgsqlCommand("SELECT pg_try_advisory_lock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
        if (!(bool)(await alone.ExecuteScalarAsync(cancel))!)
        {
            return;
        }

        try
        {
            await ForgetAsync(connection, now, cancel);
        }
        finally
        {
            await using var release = new NpgsqlCommand("SELECT pg_advisory_unlock($1)", connection) { Parameters = { new() { Value = AdvisoryLock } } };
            await release.ExecuteNonQueryAsync(CancellationToken.None);
        }
    }

    private async Task ForgetAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        var oldest = CheckPartitions.DayOf(now - options.Value.Retention);
        foreach (var day in (await partitions.DaysAsync(cancel)).Where(day => day < oldest))
        {
            await partitions.DropAsync(day, cancel);
        }

        await DeleteAsync(connection, "site_rollups", "step = 'hour' AND bucket < $1", now - HoursKept, cancel);
        await DeleteAsync(connection, "site_rollups", "step = 'day' AND bucket < $1", now - Kept, cancel);

        // A check of a site that was just deleted may have been under way and counted after it.
        await DeleteAsync(connection, "site_rollups", "bucket < $1 AND NOT EXISTS (SELECT 1 FROM sites s WHERE s.id = site_id)", now, cancel);
        await DeleteAsync(connection, "incidents", "closed_at < $1", now - Kept, cancel);
    }

    private static async Task DeleteAsync(NpgsqlConnection connection, string table, string where, DateTimeOffset before, CancellationToken cancel)
    {
        int deleted;
        do
        {
            await using var delete = new NpgsqlCommand($"DELETE FROM {table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {table} WHERE {where} LIMIT {DeleteBatch}))", connection)
            {
                Parameters = { new() { Value = before } },
            };
            deleted = await delete.ExecuteNonQueryAsync(cancel);
        }
        while (deleted == DeleteBatch);
    }
}
