using Npgsql;

namespace Refresher.Core.Outbox;

/// <summary>Reads the outbox after some position.</summary>
internal static class OutboxReading
{
    /// <summary>
    /// The planner knows nothing of partitions that change faster than they are analyzed; there is one right way, by the primary key.
    /// What cannot do without a forbidden way has absurd costs, for which PostgreSQL would compile it anew each time. Put before and after: what follows
    /// in the transaction is planned as ever, and never compiled.
    /// </summary>
    public const string ByKeySql = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), set_config('enable_sort', 'off', true), set_config('jit', 'off', true)";

    public const string AsEverSql = "SELECT set_config('enable_seqscan', 'on', true), set_config('enable_bitmapscan', 'on', true), set_config('enable_sort', 'on', true)";

    private const string BucketSql = """
        SELECT position, id, topic, type, key, at, trace_parent, payload FROM outbox WHERE bucket = $1 AND position > $2 ORDER BY position LIMIT $3
        """;

    /// <summary>The next events of a bucket, whatever their topic, in their order: what a relay publishes.</summary>
    public static async Task<List<(long Position, Event Event)>> ReadAsync(NpgsqlConnection connection, short bucket, long after, int most, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(ByKeySql),
                new(BucketSql) { Parameters = { new() { Value = bucket }, new() { Value = after }, new() { Value = most } } },
            },
        };
        var read = new List<(long, Event)>();
        await using (var row = await batch.ExecuteReaderAsync(cancel))
        {
            await row.NextResultAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                read.Add((row.GetInt64(0), EventOf(row, 1)));
            }
        }

        await transaction.CommitAsync(cancel);
        return read;
    }

    /// <summary>Where a reader is in the buckets, by bucket.</summary>
    public static async Task<long> PositionAsync(NpgsqlConnection connection, string reader, short bucket, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT position FROM event_positions WHERE reader = $1 AND bucket = $2", connection)
        {
            Parameters = { new() { Value = reader }, new() { Value = bucket } },
        };
        return await command.ExecuteScalarAsync(cancel) is long position ? position : 0;
    }

    /// <summary>Moves a reader that holds its buckets by other means than the lock of the row; nothing happens when its place was set elsewhere meanwhile.</summary>
    /// <returns>False then: read the position anew.</returns>
    public static async Task<bool> MoveAsync(NpgsqlConnection connection, string reader, short bucket, long from, long to, DateTimeOffset now, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("UPDATE event_positions SET position = $4, moved_at = $5 WHERE reader = $1 AND bucket = $2 AND position = $3", connection)
        {
            Parameters = { new() { Value = reader }, new() { Value = bucket }, new() { Value = from }, new() { Value = to }, new() { Value = now } },
        };
        return await command.ExecuteNonQueryAsync(cancel) == 1;
    }

    /// <summary>The event in a row, from column <paramref name="first"/> on: id, topic, type, key, at, trace_parent, payload.</summary>
    public static Event EventOf(NpgsqlDataReader row, int first) => new(
        row.GetGuid(first), row.GetString(first + 1), row.GetString(first + 2), row.GetString(first + 3), row.GetFieldValue<DateTimeOffset>(first + 4),
        row.IsDBNull(first + 5) ? null : row.GetString(first + 5), row.GetFieldValue<byte[]>(first + 6));
}
