using Npgsql;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>
/// The buckets that this process publishes, each held by an advisory lock of one connection: what the connection loses, the process has lost, and
/// another takes it. How far each is published is written over the same connection, and only onto what this process has read there.
/// </summary>
internal sealed class RelayBuckets(NpgsqlConnection connection)
{
    /// <summary>The relay's name among the readers of the outbox.</summary>
    public const string Reader = "kafka-relay";

    /// <summary>The first half of the advisory locks; the bucket is the second.</summary>
    private const int Locks = 0x4F_55_54_4B;

    /// <summary>A round reads this many events of a bucket, and stops where their payloads reach this many bytes.</summary>
    private const int MostEvents = 500;
    private const int MostBytes = 2 * 1024 * 1024;

    private const string TakeSql = "SELECT bucket FROM unnest($2) AS bucket WHERE pg_try_advisory_lock($1, bucket)";

    private const string PlacesSql = "SELECT bucket, position FROM event_positions WHERE reader = $1 AND bucket = ANY ($2)";

    private const string ReadSql = """
        SELECT o.bucket, o.position, o.id, o.topic, o.type, o.key, o.at, o.trace_parent, o.payload
        FROM unnest($1, $2) AS place (bucket, position)
        CROSS JOIN LATERAL (
            SELECT n.*, sum(octet_length(n.payload)) OVER (ORDER BY n.position) - octet_length(n.payload) AS before
            FROM (SELECT * FROM outbox WHERE bucket = place.bucket AND position > place.position ORDER BY position LIMIT $3) AS n) AS o
        WHERE o.before < $4
        ORDER BY o.bucket, o.position
        """;

    private const string MoveSql = """
        UPDATE event_positions AS p SET position = moved.position, moved_at = $5 FROM unnest($2, $3, $4) AS moved (bucket, before, position)
        WHERE p.reader = $1 AND p.bucket = moved.bucket AND p.position = moved.before
        """;

    private readonly Dictionary<short, long> _places = [];

    /// <summary>How many are held.</summary>
    public int Count => _places.Count;

    /// <summary>Takes what nobody holds.</summary>
    public async Task TakeAsync(CancellationToken cancel)
    {
        var wanted = OutboxBuckets.All.Where(bucket => !_places.ContainsKey(bucket)).ToArray();
        if (wanted.Length == 0)
        {
            return;
        }

        var taken = new List<short>();
        await using (var take = new NpgsqlCommand(TakeSql, connection) { Parameters = { new() { Value = Locks }, new() { Value = wanted.Select(bucket => (int)bucket).ToArray() } } })
        {
            await using var reader = await take.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                taken.Add((short)reader.GetInt32(0));
            }
        }

        if (taken.Count > 0)
        {
            await using var places = new NpgsqlCommand(PlacesSql, connection) { Parameters = { new() { Value = Reader }, new() { Value = taken.ToArray() } } };
            await using var reader = await places.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                _places[reader.GetInt16(0)] = reader.GetInt64(1);
            }
        }
    }

    /// <summary>What comes next in the buckets held, in order within each.</summary>
    public async Task<IReadOnlyList<RelayEvent>> ReadAsync(CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var batch = new NpgsqlBatch(connection)
        {
            BatchCommands =
            {
                new(OutboxReading.ByKeySql),
                new(ReadSql)
                {
                    Parameters = { new() { Value = _places.Keys.ToArray() }, new() { Value = _places.Values.ToArray() }, new() { Value = MostEvents }, new() { Value = MostBytes } },
                },
            },
        };
        var events = new List<RelayEvent>();
        await using (var row = await batch.ExecuteReaderAsync(cancel))
        {
            await row.NextResultAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                events.Add(new(row.GetInt16(0), row.GetInt64(1), OutboxReading.EventOf(row, 2)));
            }
        }

        await transaction.CommitAsync(cancel);
        return events;
    }

    /// <summary>Records that buckets are published up to and with these positions.</summary>
    /// <exception cref="InvalidOperationException">Another process has moved one of them: it is not ours any more.</exception>
    public async Task MoveAsync(IReadOnlyDictionary<short, long> published, DateTimeOffset now, CancellationToken cancel)
    {
        await using var move = new NpgsqlCommand(MoveSql, connection)
        {
            Parameters =
            {
                new() { Value = Reader },
                new() { Value = published.Keys.ToArray() },
                new() { Value = published.Keys.Select(bucket => _places[bucket]).ToArray() },
                new() { Value = published.Values.ToArray() },
                new() { Value = now },
            },
        };
        if (await move.ExecuteNonQueryAsync(cancel) != published.Count)
        {
            throw new InvalidOperationException("A bucket of the outbox was moved by another process; this one lets go of all of its.");
        }

        foreach (var (bucket, position) in published)
        {
            _places[bucket] = position;
        }
    }

    /// <exception cref="NpgsqlException">The connection is gone, and the locks with it.</exception>
    public async Task StillHeldAsync(CancellationToken cancel)
    {
        await using var ask = new NpgsqlCommand("SELECT 1", connection) { CommandTimeout = 5 };
        await ask.ExecuteScalarAsync(cancel);
    }
}

/// <summary>An event and its place in the outbox.</summary>
internal sealed record RelayEvent(short Bucket, long Position, Event Event);
