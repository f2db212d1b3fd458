using Npgsql;
using Refresher.Core.Outbox.Delivery;

namespace Refresher.Core.Outbox.Direct;

/// <summary>Takes what comes next for a consumer out of the outbox, in the transaction in which it will be handled.</summary>
internal sealed class DirectReader(IEventConsumer consumer, int bucketsAtOnce, TimeProvider clock)
{
    /// <summary>Rows of other topics that are passed over in one look.</summary>
    private const int WidestLook = 20_000;

    // Buckets that go well are taken together, the one that has waited longest first. What another process has in hand is skipped.
    private const string WellSql = """
        SELECT bucket, position, tries, alone, failing, failing_since FROM event_positions p WHERE reader = $1 AND tries = 0 AND alone = 0
        AND EXISTS (SELECT FROM outbox o WHERE o.bucket = p.bucket AND o.position > p.position) ORDER BY moved_at LIMIT $5 FOR UPDATE SKIP LOCKED
        """;

    private const string TroubledSql = """
        SELECT bucket, position, tries, alone, failing, failing_since FROM event_positions WHERE reader = $1 AND (tries > 0 OR alone > 0)
        AND (retry_at IS NULL OR retry_at <= $5) ORDER BY moved_at LIMIT 1 FOR UPDATE SKIP LOCKED
        """;

    private const string RowsSql = """
        SELECT m.bucket, m.position, m.tries, m.alone, m.failing, m.failing_since, o.position, o.mine, o.id, o.topic, o.type, o.key, o.at, o.trace_parent, o.payload
        FROM mine m CROSS JOIN LATERAL (
            SELECT position, topic = ANY($2) AS mine, id, topic, type, key, at, CASE WHEN topic = ANY($2) THEN trace_parent END AS trace_parent, CASE WHEN topic = ANY($2) THEN payload END AS payload
            FROM outbox WHERE outbox.bucket = m.bucket AND outbox.position > m.position ORDER BY outbox.position LIMIT $3) o
        LIMIT $4
        """;

    private const string AnySql = """
        SELECT EXISTS (
            SELECT FROM event_positions p WHERE reader = $1 AND ((tries > 0 OR alone > 0) AND (retry_at IS NULL OR retry_at <= $2)
            OR tries = 0 AND alone = 0 AND EXISTS (SELECT FROM outbox o WHERE o.bucket = p.bucket AND o.position > p.position)))
        """;

    private readonly int _batch = Math.Clamp(consumer.BatchSize, 1, 10_000);
    private int _look = Math.Clamp(consumer.BatchSize, 1, 10_000);

    /// <summary>Whether there is anything to take: asked in one round trip, which is all that a consumer costs that has nothing to do.</summary>
    public async Task<bool> AnyAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        // The commands of a batch without a transaction are one by themselves, which is how long the settings hold.
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands = { new(OutboxReading.ByKeySql), new(AnySql) { Parameters = { new() { Value = consumer.Name }, new() { Value = clock.GetUtcNow() } } } },
        };
        await using var row = await batch.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        await row.ReadAsync(cancel);
        return row.GetBoolean(0);
    }

    /// <summary>The next events of the buckets that go well, in the transaction that has just begun. Null: there are none.</summary>
    public Task<DirectLot?> WellAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        ReadAsync(connection, transaction, WellSql, new() { Value = bucketsAtOnce }, cancel);

    /// <summary>The next events of a bucket that had trouble and whose time to be tried again has come. Null: there is none.</summary>
    public Task<DirectLot?> TroubledAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, CancellationToken cancel) =>
        ReadAsync(connection, transaction, TroubledSql, new() { Value = clock.GetUtcNow() }, cancel);

    private async Task<DirectLot?> ReadAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string choose, NpgsqlParameter which, CancellationToken cancel)
    {
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(OutboxReading.ByKeySql),
                new($"WITH mine AS MATERIALIZED ({choose}) {RowsSql}")
                {
                    Parameters = { new() { Value = consumer.Name }, new() { Value = consumer.Topics.ToArray() }, new() { Value = _look }, new() { Value = _look }, which },
                },
                new(OutboxReading.AsEverSql),
            },
        };
        var found = new Found();
        await using (var row = await batch.ExecuteReaderAsync(cancel))
        {
            await row.NextResultAsync(cancel);
            while (await row.ReadAsync(cancel) && found.Count < _batch)
            {
                found.Add(row);
            }
        }

        // A consumer of rare topics looks further ahead, so that it keeps up with the others' events.
        _look = found.Rows == _look && found.Count < _batch / 4 ? Math.Min(_look * 4, Math.Max(WidestLook, _batch)) : _batch;
        return found.Rows == 0 ? null : new DirectLot(connection, transaction, consumer.Name, found.State, found.Parts(), clock);
    }

    /// <summary>What a look has found so far, by bucket.</summary>
    private sealed class Found
    {
        private readonly List<(short Bucket, long From, long To, List<(long, Event)> Events)> _parts = [];

        public int Rows { get; private set; }

        public int Count { get; private set; }

        public DeliveryState State { get; private set; } = DeliveryState.Clean;

        public void Add(NpgsqlDataReader row)
        {
            var (bucket, position) = (row.GetInt16(0), row.GetInt64(6));
            if (_parts.Count == 0 || _parts[^1].Bucket != bucket)
            {
                _parts.Add((bucket, row.GetInt64(1), position, []));
                State = row.GetInt32(2) == 0 && row.GetInt32(3) == 0
                    ? DeliveryState.Clean
                    : new(row.GetInt32(2), row.GetInt32(3), null, row.IsDBNull(4) ? null : row.GetString(4), row.IsDBNull(5) ? null : row.GetFieldValue<DateTimeOffset>(5));
            }

            _parts[^1] = _parts[^1] with { To = position };
            Rows++;
            if (row.GetBoolean(7))
            {
                _parts[^1].Events.Add((position, OutboxReading.EventOf(row, 8)));
                Count++;
            }
        }

        public IReadOnlyList<DirectLot.Part> Parts() => [.. _parts.Select(part => new DirectLot.Part(part.Bucket, part.From, part.To, part.Events))];
    }
}
