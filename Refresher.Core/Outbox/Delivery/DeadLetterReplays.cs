using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;

namespace Refresher.Core.Outbox.Delivery;

/// <summary>
/// Has consumers of this process handle dead letters once more that somebody asked for. One that passes is gone, in the transaction of its effect;
/// one that fails again stays, with the new reason. It comes after what happened since: order within its key is lost.
/// </summary>
internal sealed class DeadLetterReplays(
    IEnumerable<IEventConsumer> consumers, NpgsqlDataSource database, EventDelivery delivery, LiveSignals signals, TimeProvider clock, SchemaGate gate, ILogger<DeadLetterReplays> log) : Loop(gate, log)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<string, IEventConsumer> _consumers = consumers.ToDictionary(consumer => consumer.Name);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(_consumers.Count == 0 ? Timeout.InfiniteTimeSpan : LookEvery, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await EarliestDue.ReadAsync(connection, "SELECT min(replay_at) FROM dead_letters", cancel) > clock.GetUtcNow())
        {
            return;
        }

        var replayed = false;
        while (await ReplayOneAsync(connection, cancel))
        {
            replayed = true;
        }

        if (replayed)
        {
            await signals.PublishAsync([LiveSignal.Events]);
        }
    }

    private async Task<bool> ReplayOneAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await Letter.TakeAsync(connection, transaction, [.. _consumers.Keys], cancel) is not { } letter)
        {
            return false;
        }

        if (await delivery.TryOnceAsync(_consumers[letter.Consumer], letter, cancel) is { } reason)
        {
            await using var keep = new NpgsqlCommand("UPDATE dead_letters SET reason = $2, attempts = attempts + 1, replay_at = NULL WHERE id = $1", connection)
            {
                Parameters = { new() { Value = letter.Id }, new() { Value = reason } },
            };
            await keep.ExecuteNonQueryAsync(cancel);
        }

        return true;
    }

    /// <summary>A dead letter whose row is locked in an open transaction.</summary>
    private sealed class Letter(NpgsqlTransaction opened, Guid id, string consumer, Event one) : EventLot
    {
        private const string TakeSql = """
            SELECT id, consumer, event_id, topic, type, key, at, trace_parent, payload FROM dead_letters
            WHERE consumer = ANY($1) AND replay_at IS NOT NULL ORDER BY event_id LIMIT 1 FOR UPDATE SKIP LOCKED
            """;

        private NpgsqlTransaction? _opened = opened;

        public Guid Id => id;

        public string Consumer => consumer;

        public override IReadOnlyList<Event> Events { get; } = [one];

        public static async Task<Letter?> TakeAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, string[] consumers, CancellationToken cancel)
        {
            await using var take = new NpgsqlCommand(TakeSql, connection) { Parameters = { new() { Value = consumers } } };
            await using var row = await take.ExecuteReaderAsync(cancel);
            return await row.ReadAsync(cancel) ? new Letter(transaction, row.GetGuid(0), row.GetString(1), OutboxReading.EventOf(row, 2)) : null;
        }

        public override Task<NpgsqlTransaction?> BeginAsync(CancellationToken cancel)
        {
            var transaction = _opened;
            _opened = null;
            return Task.FromResult(transaction);
        }

        public override async Task MarkAsync(NpgsqlConnection connection, int passed, CancellationToken cancel)
        {
            await using var delete = new NpgsqlCommand("DELETE FROM dead_letters WHERE id = $1", connection) { Parameters = { new() { Value = id } } };
            await delete.ExecuteNonQueryAsync(cancel);
        }
    }
}
