using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Outbox.Delivery;
using Refresher.Core.Queue;

namespace Refresher.Core.Outbox;

/// <summary>What people and programs do to the event log.</summary>
public sealed class EventCommands(RefresherDb db, EventQueries queries, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Clocks and waiting writers may put an event's instant so far from its place.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private const string BackSql = """
        UPDATE event_positions p SET position = u.position, moved_at = $4, tries = 0, alone = 0, retry_at = NULL, failing = NULL, failing_since = NULL
        FROM unnest($2, $3) AS u (bucket, position) WHERE p.reader = $1 AND p.bucket = u.bucket
        """;

    private const string NextSql = "SELECT position, at FROM outbox WHERE bucket = $1 AND position >= $2 ORDER BY position LIMIT 1";

    private const string LastSql = "SELECT COALESCE((SELECT position FROM outbox WHERE bucket = $1 ORDER BY position DESC LIMIT 1), 0)";

    /// <summary>Has a consumer read again what it has passed; it knows again what it has acted on.</summary>
    /// <param name="from">The events written since then, and a minute's before; null: from the earliest that is kept.</param>
    public async Task<Result<EventReaderView>> ReplayAsync(string consumer, DateTimeOffset? from, CancellationToken cancel)
    {
        if (from > clock.GetUtcNow())
        {
            return Result<EventReaderView>.Invalid(new FieldErrors().Add("from", "from: an instant that has passed; left out, everything that is kept is read again."));
        }

        if ((await queries.ReadersAsync(cancel)).FirstOrDefault(reader => reader.Name == consumer) is not { } reader)
        {
            return Result<EventReaderView>.NotFound;
        }

        await ChangeAsync(async connection =>
        {
            if (reader.Log == EventReaders.Outbox)
            {
                await SetBackAsync(connection, consumer, from, cancel);
            }
            else
            {
                await ExecuteAsync(connection, "UPDATE event_readers SET replay_from = $2 WHERE name = $1", cancel, new() { Value = consumer }, new() { Value = from ?? DateTimeOffset.UnixEpoch });
            }

            return [audit.Entry("consumer.replay", new AuditSubject("consumer", consumer, consumer), null, new() { ["from"] = from?.ToString("o") ?? "beginning" })];
        }, cancel);
        await signals.PublishAsync([LiveSignal.Outbox, LiveSignal.Events]);
        return Result<EventReaderView>.Done((await queries.ReadersAsync(cancel)).First(now => now.Name == consumer));
    }

    /// <summary>Asks for a dead letter to be handled once more: within a second or two it is gone, or has a new reason.</summary>
    public Task<Result<DeadLetter>> RetryAsync(Guid id, CancellationToken cancel) => OneAsync(
        id, "dead-letter.replay", "UPDATE dead_letters SET replay_at = $2 WHERE id = $1", [new() { Value = id }, new() { Value = clock.GetUtcNow() }], cancel);

    /// <summary>Throws a dead letter away: its event is never handled by this consumer.</summary>
    public Task<Result<DeadLetter>> DeleteAsync(Guid id, CancellationToken cancel) => OneAsync(
        id, "dead-letter.delete", "DELETE FROM dead_letters WHERE id = $1", [new() { Value = id }], cancel);

    /// <summary>Asks for every dead letter of a consumer to be handled once more.</summary>
    /// <returns>How many there are, as text.</returns>
    public async Task<int> RetryAllAsync(string consumer, CancellationToken cancel)
    {
        var count = 0;
        await ChangeAsync(async connection =>
        {
            count = await ExecuteAsync(
                connection, "UPDATE dead_letters SET replay_at = $2 WHERE consumer = $1 AND replay_at IS NULL", cancel, new() { Value = consumer }, new() { Value = clock.GetUtcNow() });
            return count == 0 ? [] : [audit.Entry("dead-letter.replay", new AuditSubject("consumer", consumer, consumer), null, new() { ["count"] = count })];
        }, cancel);
        await signals.PublishAsync([LiveSignal.Events]);
        return count;
    }

    private async Task<Result<DeadLetter>> OneAsync(Guid id, string action, string sql, NpgsqlParameter[] parameters, CancellationToken cancel)
    {
        if (await db.DeadLetters.AsNoTracking().SingleOrDefaultAsync(letter => letter.Id == id, cancel) is not { } letter)
        {
            return Result<DeadLetter>.NotFound;
        }

        var changed = 0;
        await ChangeAsync(async connection =>
        {
            changed = await ExecuteAsync(connection, sql, cancel, [.. parameters.Select(parameter => parameter.Clone())]);
            return changed == 0 ? [] : [audit.Entry(action, new AuditSubject("dead-letter", id.ToString(), $"{letter.Type} for {letter.Consumer}"), Describe(letter), null)];
        }, cancel);
        await signals.PublishAsync([LiveSignal.Events]);
        return changed == 0 ? Result<DeadLetter>.NotFound : Result<DeadLetter>.Done(letter);
    }

    private static JsonObject Describe(DeadLetter letter) => new() { ["consumer"] = letter.Consumer, ["eventId"] = letter.EventId, ["type"] = letter.Type, ["key"] = letter.Key, ["reason"] = letter.Reason };

    private async Task SetBackAsync(NpgsqlConnection connection, string consumer, DateTimeOffset? from, CancellationToken cancel)
    {
        await ExecuteAsync(connection, OutboxReading.ByKeySql, cancel);
        var positions = new long[OutboxBuckets.Count];
        foreach (var bucket in from is null ? [] : OutboxBuckets.All)
        {
            positions[bucket] = await BeforeAsync(connection, bucket, from!.Value - Margin, cancel);
        }

        await ExecuteAsync(
            connection, BackSql, cancel, new() { Value = consumer }, new() { Value = OutboxBuckets.All.ToArray() }, new() { Value = positions }, new() { Value = clock.GetUtcNow() });
    }

    /// <summary>The place before the first event of a bucket since an instant: found by halves, since places and instants grow together.</summary>
    private static async Task<long> BeforeAsync(NpgsqlConnection connection, short bucket, DateTimeOffset from, CancellationToken cancel)
    {
        await using var last = new NpgsqlCommand(LastSql, connection) { Parameters = { new() { Value = bucket } } };
        var (low, high) = (0L, (long)(await last.ExecuteScalarAsync(cancel))! + 1);
        while (low < high)
        {
            var middle = low + ((high - low) / 2);
            await using var next = new NpgsqlCommand(NextSql, connection) { Parameters = { new() { Value = bucket }, new() { Value = middle } } };
            await using var row = await next.ExecuteReaderAsync(cancel);
            var (position, at) = await row.ReadAsync(cancel) ? (row.GetInt64(0), row.GetFieldValue<DateTimeOffset>(1)) : (high, DateTimeOffset.MaxValue);
            (low, high) = at < from ? (position + 1, high) : (low, middle);
        }

        return low - 1;
    }

    private async Task ChangeAsync(Func<NpgsqlConnection, Task<AuditEntry[]>> change, CancellationToken cancel) => await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await AuditLog.WriteAsync(connection, await change(connection), cancel);
        await transaction.CommitAsync(cancel);
    });

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params NpgsqlParameter[] parameters)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(parameters);
        return await command.ExecuteNonQueryAsync(cancel);
    }
}
