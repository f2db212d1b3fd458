using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Queue;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Outbox;

/// <summary>Writes events with the state they speak of: both commit, or neither.</summary>
/// <remarks>
/// It locks the buckets it writes to until the transaction ends, in their order. Within a bucket positions are therefore in the order of the
/// commits, and a reader never sees one appear below what it has passed; other transactions, however long, hold nothing up.
/// </remarks>
public sealed class OutboxWriter(LiveSignals signals, TimeProvider clock)
{
    /// <summary>Characters a key may have.</summary>
    public const int MostKey = 200;

    /// <summary>Bytes a payload may have.</summary>
    public const int MostPayload = 256 * 1024;

    private const string LockSql = "SELECT pg_advisory_xact_lock($1, bucket) FROM unnest($2) AS bucket";

    private const string InsertSql = """
        INSERT INTO outbox (bucket, id, topic, type, key, at, trace_parent, payload)
        SELECT bucket, id, topic, type, key, $6, trace, payload FROM unnest($1, $2, $3, $4, $5, $7, $8) AS e (bucket, id, topic, type, key, trace, payload)
        """;

    /// <summary>More than this many rows go by COPY, which costs a round trip and is quicker by the row.</summary>
    private const int CopyFrom = 200;

    private int _telling;

    /// <summary>
    /// Appends events in the caller's open transaction, as the last thing before it commits: until then nobody else writes to the same buckets.
    /// Events of one call keep their order within each key.
    /// </summary>
    /// <exception cref="ArgumentException">A topic is unknown, a key is empty or longer than <see cref="MostKey"/>, or a payload larger than <see cref="MostPayload"/>.</exception>
    public async Task AppendAsync(NpgsqlConnection connection, IReadOnlyCollection<NewEvent> events, CancellationToken cancel)
    {
        if (events.Count == 0)
        {
            return;
        }

        var buckets = new short[events.Count];
        var index = 0;
        foreach (var one in events)
        {
            Check(one);
            buckets[index++] = OutboxBuckets.Of(one.Key);
        }

        var at = clock.GetUtcNow();
        var trace = Activity.Current is { IdFormat: ActivityIdFormat.W3C } activity ? activity.Id : null;
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Lock(buckets) } };
        if (events.Count >= CopyFrom)
        {
            await batch.ExecuteNonQueryAsync(cancel);
            await CopyAsync(connection, events, buckets, at, trace, cancel);
        }
        else
        {
            batch.BatchCommands.Add(Insert(events, buckets, at, trace));
            await batch.ExecuteNonQueryAsync(cancel);
        }

        foreach (var (topic, count) in events.CountBy(one => one.Topic))
        {
            RefresherTelemetry.EventsWritten.Add(count, new KeyValuePair<string, object?>("topic", topic));
        }
    }

    /// <inheritdoc cref="AppendAsync(NpgsqlConnection, IReadOnlyCollection{NewEvent}, CancellationToken)"/>
    /// <summary>Appends events in the open transaction of a context, after it has saved its changes.</summary>
    /// <exception cref="InvalidOperationException">The context has no open transaction.</exception>
    public Task AppendAsync(DbContext db, IReadOnlyCollection<NewEvent> events, CancellationToken cancel) => db.Database.CurrentTransaction is null
        ? throw new InvalidOperationException("Events are appended in the transaction of what they speak of; the context has none.")
        : AppendAsync((NpgsqlConnection)db.Database.GetDbConnection(), events, cancel);

    /// <summary>Wakes the readers after the commit. A hint only: without it they look each second.</summary>
    public async Task TellAsync()
    {
        // Writers by the thousand need not tell each on its own: who comes while one is telling has it told once more.
        if (Interlocked.Increment(ref _telling) > 1)
        {
            return;
        }

        int told;
        do
        {
            told = Volatile.Read(ref _telling);
            await signals.PublishAsync([LiveSignal.Outbox]);
        }
        while (Interlocked.CompareExchange(ref _telling, 0, told) != told);
    }

    private static void Check(NewEvent one)
    {
        if (!Topics.All.Contains(one.Topic))
        {
            throw new ArgumentException($"There is no topic '{one.Topic}'. There are: {string.Join(", ", Topics.All)}.");
        }

        if (one.Key.Length is 0 or > MostKey)
        {
            throw new ArgumentException($"The key of an event of type '{one.Type}' has {one.Key.Length} characters; it can have 1 to {MostKey}.");
        }

        if (one.Payload.Length > MostPayload)
        {
            throw new ArgumentException($"The payload of an event of type '{one.Type}' has {one.Payload.Length} bytes; it can have at most {MostPayload}.");
        }
    }

    private static NpgsqlBatchCommand Lock(short[] buckets) => new(LockSql)
    {
        Parameters = { new() { Value = OutboxBuckets.WriterLocks }, new() { Value = buckets.Distinct().Order().Select(bucket => (int)bucket).ToArray() } },
    };

    private static NpgsqlBatchCommand Insert(IReadOnlyCollection<NewEvent> events, short[] buckets, DateTimeOffset at, string? trace) => new(InsertSql)
    {
        Parameters =
        {
            new() { Value = buckets },
            new() { Value = events.Select(one => IdOf(one, at)).ToArray() },
            new() { Value = events.Select(one => one.Topic).ToArray() },
            new() { Value = events.Select(one => one.Type).ToArray() },
            new() { Value = events.Select(one => one.Key).ToArray() },
            new() { Value = at },
            new() { Value = events.Select(one => one.TraceParent ?? trace).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text },
            new() { Value = events.Select(one => one.Payload).ToArray() },
        },
    };

    private static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyCollection<NewEvent> events, short[] buckets, DateTimeOffset at, string? trace, CancellationToken cancel)
    {
        await using var copy = await connection.BeginBinaryImportAsync("COPY outbox (bucket, id, topic, type, key, at, trace_parent, payload) FROM STDIN (FORMAT BINARY)", cancel);
        var index = 0;
        foreach (var one in events)
        {
            await copy.StartRowAsync(cancel);
            await copy.WriteAsync(buckets[index++], NpgsqlDbType.Smallint, cancel);
            await copy.WriteAsync(IdOf(one, at), NpgsqlDbType.Uuid, cancel);
            await copy.WriteAsync(one.Topic, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(one.Type, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(one.Key, NpgsqlDbType.Text, cancel);
            await copy.WriteAsync(at, NpgsqlDbType.TimestampTz, cancel);
            await ((one.TraceParent ?? trace) is { } context ? copy.WriteAsync(context, NpgsqlDbType.Text, cancel) : copy.WriteNullAsync(cancel));
            await copy.WriteAsync(one.Payload, NpgsqlDbType.Bytea, cancel);
        }

        await copy.CompleteAsync(cancel);
    }

    private static Guid IdOf(NewEvent one, DateTimeOffset at) => one.Id == default ? Guid.CreateVersion7(at) : one.Id;
}
