using Npgsql;

namespace Refresher.Core.Outbox;

/// <summary>Who reads events. What a reader of the outbox has not passed is kept for it.</summary>
internal sealed class EventReaders(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Outbox = "outbox";

    public const string Broker = "broker";

    private const string SeenSql = """
        INSERT INTO event_readers (name, log, topics, seen_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (name) DO UPDATE SET log = excluded.log, topics = excluded.topics, seen_at = excluded.seen_at
        """;

    // A reader that is new begins with the earliest event there is.
    private const string PositionsSql = """
        INSERT INTO event_positions (reader, bucket, position, moved_at, tries, alone) SELECT $1, bucket, 0, $3, 0, 0 FROM unnest($2) AS bucket ON CONFLICT DO NOTHING
        """;

    private const string ReportSql = "UPDATE event_readers SET lag = $2, behind_since = $3, failing = $4, failing_since = CASE WHEN $4 IS NOT NULL THEN COALESCE(failing_since, $5) END WHERE name = $1";

    /// <summary>Says that a reader is at work here; now and then, and before it first reads.</summary>
    /// <param name="log"><see cref="Outbox"/>: it has a position in each bucket, from which on events are kept. <see cref="Broker"/>: it is only known.</param>
    public async Task SeenAsync(string name, string log, IReadOnlyList<string> topics, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new(SeenSql) { Parameters = { new() { Value = name }, new() { Value = log }, new() { Value = topics.ToArray() }, new() { Value = now } } });
        if (log == Outbox)
        {
            batch.BatchCommands.Add(new(PositionsSql) { Parameters = { new() { Value = name }, new() { Value = OutboxBuckets.All.ToArray() }, new() { Value = now } } });
        }

        await batch.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>What a reader of the broker says of itself.</summary>
    public async Task ReportAsync(string name, long? lag, DateTimeOffset? behindSince, string? failing, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(ReportSql);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = name },
            new() { Value = (object?)lag ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint },
            new() { Value = (object?)behindSince ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.TimestampTz },
            new() { Value = (object?)failing ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Text },
            new() { Value = clock.GetUtcNow() },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Takes the wish that a reader of the broker should read again from some instant on; null: there is none. The earliest instant means the beginning.</summary>
    public async Task<DateTimeOffset?> TakeReplayAsync(string name, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "UPDATE event_readers r SET replay_from = NULL FROM event_readers was WHERE r.name = $1 AND was.name = $1 AND was.replay_from IS NOT NULL RETURNING was.replay_from");
        command.Parameters.Add(new() { Value = name });
        return await command.ExecuteScalarAsync(cancel) is DateTime from ? new DateTimeOffset(from, TimeSpan.Zero) : null;
    }
}
