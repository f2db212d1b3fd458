using Npgsql;

namespace Refresher.Core.Outbox;

/// <summary>How far every reader is behind. What is counted is bounded: beyond, the distance of positions tells.</summary>
internal static class EventLag
{
    /// <summary>Unread events of a bucket that are counted one by one.</summary>
    private const int Counted = 2000;

    private const string Sql = """
        SELECT r.name, r.log, r.topics, r.seen_at, r.lag, r.behind_since, r.failing, r.failing_since,
            p.position, p.moved_at, p.failing, p.failing_since, n.at, c.n, c.first, c.last, l.position, COALESCE(d.n, 0)
        FROM event_readers r
        LEFT JOIN (SELECT consumer, count(*) AS n FROM dead_letters GROUP BY 1) d ON d.consumer = r.name
        LEFT JOIN event_positions p ON p.reader = r.name AND r.log = 'outbox'
        LEFT JOIN LATERAL (SELECT at FROM outbox o WHERE o.bucket = p.bucket AND o.position > p.position ORDER BY o.position LIMIT 1) n ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS n, min(u.position) AS first, max(u.position) AS last
            FROM (SELECT o.position FROM outbox o WHERE o.bucket = p.bucket AND o.position > p.position ORDER BY o.position LIMIT $1) u) c ON true
        LEFT JOIN LATERAL (SELECT position FROM outbox o WHERE o.bucket = p.bucket ORDER BY position DESC LIMIT 1) l ON c.n = $1
        ORDER BY r.name
        """;

    /// <summary>Every reader that is known, by name.</summary>
    public static async Task<IReadOnlyList<EventReaderView>> ReadAsync(NpgsqlDataSource database, DateTimeOffset now, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new(OutboxReading.ByKeySql), new("SELECT number, before FROM outbox_partitions"), new(Sql) { Parameters = { new() { Value = Counted } } } },
        };
        await using var row = await batch.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        var before = new Dictionary<long, long>();
        while (await row.ReadAsync(cancel))
        {
            before[row.GetInt32(0)] = row.GetInt64(1);
        }

        await row.NextResultAsync(cancel);
        var readers = new List<EventReaderView>();
        while (await row.ReadAsync(cancel))
        {
            var one = row.GetString(1) == EventReaders.Outbox ? OfBucket(row, before, now) : OfBroker(row, now);
            if (readers.Count > 0 && readers[^1].Name == one.Name)
            {
                readers[^1] = Together(readers[^1], one);
            }
            else
            {
                readers.Add(one);
            }
        }

        return readers;
    }

    private static EventReaderView OfBucket(NpgsqlDataReader row, Dictionary<long, long> before, DateTimeOffset now)
    {
        var count = row.GetInt64(13);
        var age = AgeOf(row, 12, now);
        var failing = Text(row, 10);
        return Named(row, count < Counted ? count : Estimate(row, before), age, failing, At(row, 11), row.IsDBNull(8) ? null : row.GetInt64(8), At(row, 9)) with
        {
            UntroubledAge = failing is null ? age : null,
        };
    }

    private static EventReaderView OfBroker(NpgsqlDataReader row, DateTimeOffset now) =>
        Named(row, row.IsDBNull(4) ? null : row.GetInt64(4), AgeOf(row, 5, now), Text(row, 6), At(row, 7), null, null);

    private static EventReaderView Named(NpgsqlDataReader row, long? lag, TimeSpan? age, string? failing, DateTimeOffset? since, long? position, DateTimeOffset? movedAt) => new(
        row.GetString(0), row.GetString(1), row.GetFieldValue<string[]>(2), lag, age, failing, since, position, movedAt, row.GetFieldValue<DateTimeOffset>(3), row.GetInt64(17));

    /// <summary>As many as were counted lie in the distance that was looked at: the rest is as dense.</summary>
    private static long Estimate(NpgsqlDataReader row, Dictionary<long, long> before)
    {
        var (first, last, end) = (Written(row.GetInt64(14)), Written(row.GetInt64(15)), Written(row.GetInt64(16)));
        return Math.Max(Counted, (long)(Counted * ((double)(end - first) / Math.Max(1, last - first))));

        // A position, without the jumps from part to part: the count of events written before.
        long Written(long position) => before.GetValueOrDefault(position >> OutboxPartitions.Shift) + (position & ((1L << OutboxPartitions.Shift) - 1));
    }

    private static EventReaderView Together(EventReaderView all, EventReaderView one) => all with
    {
        Lag = all.Lag + one.Lag,
        Age = Longest(all.Age, one.Age),
        UntroubledAge = Longest(all.UntroubledAge, one.UntroubledAge),
        Failing = all.Failing ?? one.Failing,
        FailingSince = all.FailingSince is { } since && since <= (one.FailingSince ?? since) ? since : one.FailingSince,
        Position = Math.Max(all.Position ?? 0, one.Position ?? 0),
        MovedAt = all.MovedAt > one.MovedAt ? all.MovedAt : one.MovedAt,
    };

    private static TimeSpan? Longest(TimeSpan? one, TimeSpan? other) => one is null || other > one ? other : one;

    private static TimeSpan? AgeOf(NpgsqlDataReader row, int column, DateTimeOffset now) => At(row, column) is { } at ? (now > at ? now - at : TimeSpan.Zero) : null;

    private static DateTimeOffset? At(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetFieldValue<DateTimeOffset>(column);

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
