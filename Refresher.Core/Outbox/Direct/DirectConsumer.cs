using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Outbox.Delivery;
using Refresher.Core.Queue;

namespace Refresher.Core.Outbox.Direct;

/// <summary>
/// Has one consumer handle what is in the outbox, beside whoever else has it. Each bucket's place is a row: its lock is the right to go on, and it moves in the
/// transaction of the effect.
/// </summary>
internal sealed class DirectConsumer(
    IEventConsumer consumer, EventOptions options, NpgsqlDataSource database, EventDelivery delivery, EventReaders readers, LiveSignals signals, TimeProvider clock, SchemaGate gate, ILogger<DirectConsumer> log)
    : Loop(gate, log)
{
    private const string KeepSql = """
        UPDATE event_positions SET tries = $3, alone = $4, retry_at = $5, failing = $6, failing_since = $7 WHERE reader = $1 AND bucket = ANY($2)
        """;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SaySeenEvery = TimeSpan.FromSeconds(30);

    private readonly DirectReader _reader = new(consumer, options.BucketsAtOnce, clock);
    private long? _seenAt;
    private DateTimeOffset? _retryAt;

    /// <summary>Set when events were written.</summary>
    public Signal Wake { get; } = new();

    public override void Dispose()
    {
        Wake.Dispose();
        base.Dispose();
    }

    protected override async Task WaitAsync(CancellationToken cancel)
    {
        var longest = _retryAt is { } at ? TimeSpan.FromTicks(Math.Clamp((at - clock.GetUtcNow()).Ticks, 0, LookEvery.Ticks)) : LookEvery;
        _retryAt = null;
        await Wake.WaitAsync(longest, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        if (_seenAt is null || clock.GetElapsedTime(_seenAt.Value) > SaySeenEvery)
        {
            await readers.SeenAsync(consumer.Name, EventReaders.Outbox, consumer.Topics, cancel);
            _seenAt = clock.GetTimestamp();
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        var found = await _reader.AnyAsync(connection, cancel);
        while (found && !cancel.IsCancellationRequested)
        {
            // What is troubled is tried between the others, neither before nor after all of them.
            found = await HandleAsync(connection, _reader.WellAsync, cancel);
            found |= await HandleAsync(connection, _reader.TroubledAsync, cancel);
        }
    }

    private async Task<bool> HandleAsync(NpgsqlConnection connection, Func<NpgsqlConnection, NpgsqlTransaction, CancellationToken, Task<DirectLot?>> read, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        if (await read(connection, transaction, cancel) is not { } lot)
        {
            return false;
        }

        if (await delivery.DeliverAsync(consumer, lot, lot.State, cancel) is { IsClean: false } state)
        {
            // Those of several buckets that are not at fault pass at once, each on its own.
            state = lot.Buckets.Count > 1 ? state with { RetryAt = null } : state;
            _retryAt = state.RetryAt < _retryAt || _retryAt is null ? state.RetryAt : _retryAt;
            await KeepAsync(connection, lot.Buckets, state, cancel);
            await signals.PublishAsync([LiveSignal.Events]);
        }

        return true;
    }

    private async Task KeepAsync(NpgsqlConnection connection, IReadOnlyList<short> buckets, DeliveryState state, CancellationToken cancel)
    {
        await using var keep = new NpgsqlCommand(KeepSql, connection)
        {
            Parameters =
            {
                new() { Value = consumer.Name },
                new() { Value = buckets.ToArray() },
                new() { Value = state.Tries },
                new() { Value = state.Alone },
                new() { Value = (object?)state.RetryAt ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = (object?)state.Failing ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
                new() { Value = (object?)state.FailingSince ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
            },
        };
        await keep.ExecuteNonQueryAsync(cancel);
    }
}
