using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Outbox;

/// <summary>Keeps the outbox and what belongs to it small: begins and drops its parts, deletes old marks and dead letters in bounded steps.</summary>
internal sealed class OutboxUpkeep(OutboxPartitions partitions, IOptions<EventOptions> options, NpgsqlDataSource database, TimeProvider clock, SchemaGate gate, ILogger<OutboxUpkeep> log) : Loop(gate, log)
{
    /// <summary>Parts that a retention is cut into: so much longer than asked for an event may stay.</summary>
    private const int PartsARetention = 24;

    private const int DeleteBatch = 5000;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        // The shortest retention is a minute, for tests and small disks.
        var wait = options.Value.Retention / (2 * PartsARetention);
        return Task.Delay(wait < TimeSpan.FromMinutes(1) ? wait : TimeSpan.FromMinutes(1), clock, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await partitions.BeginNextAsync(options.Value.Retention / PartsARetention, cancel);
        await partitions.DropAsync(now - options.Value.Retention, now - options.Value.ForgetReaders, cancel);
        await DeleteAsync("event_marks", "(consumer, event_id)", "consumer, event_id", "at", now - EventMarks.Kept, cancel);
        await DeleteAsync("dead_letters", "id", "id", "set_aside_at", now - options.Value.DeadLetterRetention, cancel);
        await DeleteAsync("event_readers", "name", "name", "seen_at", now - options.Value.ForgetReaders, cancel);
        await using var orphans = database.CreateCommand("DELETE FROM event_positions WHERE reader NOT IN (SELECT name FROM event_readers)");
        await orphans.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Two processes may do this at once: each skips what the other has in hand.</summary>
    private async Task DeleteAsync(string table, string key, string columns, string instant, DateTimeOffset before, CancellationToken cancel)
    {
        int deleted;
        do
        {
            await using var delete = database.CreateCommand($"DELETE FROM {table} WHERE {key} IN (SELECT {columns} FROM {table} WHERE {instant} < $1 LIMIT {DeleteBatch} FOR UPDATE SKIP LOCKED)");
            delete.Parameters.Add(new() { Value = before });
            deleted = await delete.ExecuteNonQueryAsync(cancel);
        }
        while (deleted == DeleteBatch);
    }
}
