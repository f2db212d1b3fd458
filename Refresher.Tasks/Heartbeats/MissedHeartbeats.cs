using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;

namespace Refresher.Tasks.Heartbeats;

/// <summary>
/// Finds heartbeats whose deadline has passed, and says so in the transaction that records it. Two processes may look at once: a row is one's or the other's.
/// Honest caveat: a call that is under way while its deadline passes may come a moment too late, and then ends what it could have kept from beginning.
/// </summary>
/// <remarks>Nobody is blamed for what we could not hear: a deadline counts only up to the last moment in which an Api was there, and one that passed while none was
/// gets its grace again, at least <see cref="LeastGrace"/>, from when one is back.</remarks>
internal sealed partial class MissedHeartbeats(
    NpgsqlDataSource database, OutboxWriter outbox, LiveSignals signals, TimeProvider clock, SchemaGate gate, ILogger<MissedHeartbeats> log) : Loop(gate, log)
{
    /// <summary>After an interruption of ours, what calls every minute has had its turn by then.</summary>
    public static readonly TimeSpan LeastGrace = TimeSpan.FromMinutes(1);

    private const int BatchSize = 500;
    private const int LooksBetweenCounts = 10;

    private const string OverdueSql = """
        SELECT h.id FROM heartbeats h CROSS JOIN heartbeat_listening l
        WHERE h.deadline_at <= LEAST($1, l.at)
          AND NOT (l.back_at IS NOT NULL AND h.deadline_at >= l.lost_at AND h.deadline_at < l.back_at + GREATEST(h.grace, $2) AND $1 < l.back_at + GREATEST(h.grace, $2))
        ORDER BY h.deadline_at LIMIT $3
        """;

    private const string CountSql = """
        SELECT state, count(*) FROM (SELECT CASE WHEN state = 'up' AND expected_at <= $1 THEN 'late' ELSE state END AS state FROM heartbeats) AS h GROUP BY 1
        """;

    private static readonly string[] States = ["new", "up", "running", "late", "down", "paused"];

    private int _looks;

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        while (await FindAsync(cancel) == BatchSize)
        {
        }

        if (_looks++ % LooksBetweenCounts == 0)
        {
            await CountAsync(cancel);
        }
    }

    private async Task<int> FindAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        var overdue = await OverdueAsync(connection, now, cancel);
        if (overdue.Length == 0)
        {
            return 0;
        }

        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var take = new NpgsqlCommand(HeartbeatRows.LockSql, connection) { Parameters = { new() { Value = overdue }, new() { Value = now } } };
        var missed = await HeartbeatRows.ReadAsync(take, cancel);
        var changes = new List<NewEvent>();
        foreach (var heartbeat in missed)
        {
            var reason = HeartbeatExpectation.Miss(heartbeat, now);
            if (HeartbeatChanges.Begin(heartbeat, reason, now) is { } change)
            {
                changes.Add(change);
            }

            await HeartbeatRows.UpdateAsync(connection, heartbeat, cancel);
        }

        await outbox.AppendAsync(connection, changes, cancel);
        await transaction.CommitAsync(cancel);
        foreach (var heartbeat in missed)
        {
            LogMissed(heartbeat.Key, heartbeat.Reason ?? "");
        }

        await outbox.TellAsync();
        await signals.PublishAsync([HeartbeatTopics.All, .. missed.Take(100).Select(heartbeat => HeartbeatTopics.One(heartbeat.Id))]);
        return overdue.Length;
    }

    private static async Task<Guid[]> OverdueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        await using var find = new NpgsqlCommand(OverdueSql, connection) { Parameters = { new() { Value = now }, new() { Value = LeastGrace }, new() { Value = BatchSize } } };
        await using var row = await find.ExecuteReaderAsync(cancel);
        var ids = new List<Guid>();
        while (await row.ReadAsync(cancel))
        {
            ids.Add(row.GetGuid(0));
        }

        return [.. ids];
    }

    private async Task CountAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(CountSql);
        command.Parameters.Add(new() { Value = clock.GetUtcNow() });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var counts = States.ToDictionary(state => state, _ => 0L, StringComparer.Ordinal);
        while (await row.ReadAsync(cancel))
        {
            counts[row.GetString(0)] = row.GetInt64(1);
        }

        foreach (var (state, count) in counts)
        {
            HeartbeatMetrics.States.Record(count, new KeyValuePair<string, object?>("state", state));
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Heartbeat {Key} is down: {Reason}.")]
    private partial void LogMissed(string key, string reason);
}
