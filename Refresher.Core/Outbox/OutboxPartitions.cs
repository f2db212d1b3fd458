using System.Globalization;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Refresher.Core.Outbox;

/// <summary>
/// The parts of the outbox. Events go into the last one; now and then the next is begun, and the first ones are dropped whole when everybody has passed them and
/// their time is over. No event is deleted by itself, so that the outbox is as quick after a billion events as with none.
/// </summary>
/// <remarks>
/// Each part has room for 2³⁴ positions. To begin the next one, the sequence of positions jumps to its start: should nobody do so, events go on into the last one.
/// </remarks>
internal sealed partial class OutboxPartitions(NpgsqlDataSource database, TimeProvider clock, ILogger<OutboxPartitions> log)
{
    /// <summary>A position is the part's number, shifted by this, and a count.</summary>
    public const int Shift = 34;

    /// <summary>Any number: one process at a time begins or drops a part.</summary>
    private const long AdvisoryLock = 0x4F_5554_424F_5850;

    private const string LastSql = "SELECT p.number, p.before, p.begun_at, s.last_value - CASE WHEN s.is_called THEN 0 ELSE 1 END FROM outbox_partitions p, outbox_position s ORDER BY p.number DESC LIMIT 1";

    private const string JumpSql = $"SELECT setval('{OutboxRowMapping.Sequence}', $1) FROM {OutboxRowMapping.Sequence} WHERE last_value < $1";

    // What is over: the part after it was begun before its time. Readers whom nobody has seen for long, and those of the broker, are not waited for.
    private const string OverSql = """
        SELECT p.number FROM outbox_partitions p JOIN outbox_partitions next ON next.number = p.number + 1
        WHERE next.begun_at < $1 AND p.number < (SELECT last_value >> 34 FROM outbox_position) ORDER BY 1 LIMIT 50
        """;

    private const string UnreadSql = """
        SELECT r.name FROM event_readers r JOIN event_positions p ON p.reader = r.name
        WHERE r.log = 'outbox' AND r.seen_at > $1 AND EXISTS (SELECT FROM {PARTITION} o WHERE o.bucket = p.bucket AND o.position > p.position) LIMIT 1
        """;

    /// <summary>Begins the next part when the last one is in use and older than <paramref name="age"/>.</summary>
    /// <returns>True when one was begun.</returns>
    public async Task<bool> BeginNextAsync(TimeSpan age, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await LockAsync(connection, cancel);
        var (number, before, begunAt, at) = await LastAsync(connection, cancel);
        if (at >> Shift == number && (at & ((1L << Shift) - 1)) > 0 && begunAt <= clock.GetUtcNow() - age)
        {
            await MakeAsync(connection, ++number, before + (at & ((1L << Shift) - 1)), cancel);
            LogBegun(number);
        }
        else if (at >> Shift == number)
        {
            return false;
        }

        // Seen by all before the first position in it is drawn; should we die in between, the next who comes here makes the jump.
        await transaction.CommitAsync(cancel);
        await using var jump = await connection.BeginTransactionAsync(cancel);
        await LockAsync(connection, cancel);
        await ExecuteAsync(connection, JumpSql, cancel, (long)number << Shift);
        await jump.CommitAsync(cancel);
        return true;
    }

    /// <summary>Drops what everybody has passed and what ended before <paramref name="before"/>. Who is not done with it, or has it locked, keeps it for the next time.</summary>
    /// <param name="forgotten">Readers not seen since then are not waited for.</param>
    public async Task<int> DropAsync(DateTimeOffset before, DateTimeOffset forgotten, CancellationToken cancel)
    {
        var dropped = 0;
        foreach (var number in await OverAsync(before, cancel))
        {
            try
            {
                if (!await DropAsync(number, forgotten, cancel))
                {
                    return dropped;
                }

                LogDropped(number);
                dropped++;
            }
            catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                return dropped;
            }
        }

        return dropped;
    }

    public static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"outbox_{number}");

    private async Task<bool> DropAsync(int number, DateTimeOffset forgotten, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await LockAsync(connection, cancel);

        // It needs the outbox for itself for a moment: rather not now than have writers wait behind it. Under the lock nobody writes to it any more.
        await ExecuteAsync(connection, $"SET LOCAL lock_timeout = '100ms'; ALTER TABLE outbox DETACH PARTITION {NameOf(number)}", cancel);
        await using (var unread = new NpgsqlCommand(UnreadSql.Replace("{PARTITION}", NameOf(number), StringComparison.Ordinal), connection) { Parameters = { new() { Value = forgotten } } })
        {
            if (await unread.ExecuteScalarAsync(cancel) is string reader)
            {
                LogKept(number, reader);
                return false;
            }
        }

        await ExecuteAsync(connection, $"DROP TABLE {NameOf(number)}; DELETE FROM outbox_partitions WHERE number = {number.ToString(CultureInfo.InvariantCulture)}", cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }

    /// <summary>Made apart and attached: making it in place would lock the outbox against every reader and writer.</summary>
    private async Task MakeAsync(NpgsqlConnection connection, int number, long before, CancellationToken cancel)
    {
        var (from, to) = ((long)number << Shift, (long)(number + 1) << Shift);
        await ExecuteAsync(
            connection,
            string.Create(CultureInfo.InvariantCulture, $"CREATE TABLE {NameOf(number)} (LIKE outbox INCLUDING ALL) WITH (autovacuum_enabled = false); ALTER TABLE outbox ATTACH PARTITION {NameOf(number)} FOR VALUES FROM ({from}) TO ({to})"),
            cancel);
        await ExecuteAsync(connection, "INSERT INTO outbox_partitions (number, before, begun_at) VALUES ($1, $2, $3)", cancel, number, before, clock.GetUtcNow());
    }

    private static async Task<(int Number, long Before, DateTimeOffset BegunAt, long At)> LastAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var last = new NpgsqlCommand(LastSql, connection);
        await using var row = await last.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt32(0), row.GetInt64(1), row.GetFieldValue<DateTimeOffset>(2), row.GetInt64(3));
    }

    private async Task<List<int>> OverAsync(DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(OverSql);
        command.Parameters.Add(new() { Value = before });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var numbers = new List<int>();
        while (await row.ReadAsync(cancel))
        {
            numbers.Add(row.GetInt32(0));
        }

        return numbers;
    }

    private static Task LockAsync(NpgsqlConnection connection, CancellationToken cancel) => ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", cancel, AdvisoryLock);

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        await command.ExecuteNonQueryAsync(cancel);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Events go into outbox_{Number} now.")]
    private partial void LogBegun(int number);

    [LoggerMessage(Level = LogLevel.Information, Message = "Dropped outbox_{Number}: everybody has passed it.")]
    private partial void LogDropped(int number);

    [LoggerMessage(Level = LogLevel.Information, Message = "Kept outbox_{Number} past its time: {Reader} has not passed it.")]
    private partial void LogKept(int number, string reader);
}
