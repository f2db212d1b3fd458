using Npgsql;
using Refresher.Core.Outbox.Delivery;

namespace Refresher.Core.Outbox.Direct;

/// <summary>Events of some buckets that were read from the outbox in an open transaction, which holds the consumer's rows of these buckets.</summary>
internal sealed class DirectLot(NpgsqlConnection connection, NpgsqlTransaction opened, string consumer, DeliveryState state, IReadOnlyList<DirectLot.Part> parts, TimeProvider clock) : EventLot
{
    private const string HoldSql = "SELECT bucket, position FROM event_positions WHERE reader = $1 AND bucket = ANY($2) ORDER BY bucket FOR UPDATE SKIP LOCKED";

    private const string MoveSql = """
        UPDATE event_positions p SET position = u.position, moved_at = $4, tries = 0, alone = 0, retry_at = NULL, failing = NULL, failing_since = NULL
        FROM unnest($2, $3) AS u (bucket, position) WHERE p.reader = $1 AND p.bucket = u.bucket
        """;

    private NpgsqlTransaction? _opened = opened;

    /// <summary>Where the rows stand by what was committed: one by one, the first event moves them before the second is begun.</summary>
    private Dictionary<short, long> _at = parts.ToDictionary(part => part.Bucket, part => part.From);

    public override IReadOnlyList<Event> Events { get; } = [.. parts.SelectMany(part => part.Events.Select(one => one.Event))];

    /// <summary>How it went with these buckets before: clean, or that of the single one.</summary>
    public DeliveryState State => state;

    public IReadOnlyList<short> Buckets { get; } = [.. parts.Select(part => part.Bucket)];

    public override async Task<NpgsqlTransaction?> BeginAsync(CancellationToken cancel)
    {
        if (_opened is { } first)
        {
            _opened = null;
            return first;
        }

        var transaction = await connection.BeginTransactionAsync(cancel);
        if (await HoldsAsync(cancel))
        {
            return transaction;
        }

        await transaction.DisposeAsync();
        return null;
    }

    public override async Task MarkAsync(NpgsqlConnection connection, int passed, CancellationToken cancel)
    {
        _at = After(passed);
        await using var move = new NpgsqlCommand(MoveSql, connection)
        {
            Parameters = { new() { Value = consumer }, new() { Value = _at.Keys.ToArray() }, new() { Value = _at.Values.ToArray() }, new() { Value = clock.GetUtcNow() } },
        };
        await move.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Where the buckets are once the first <paramref name="passed"/> events are done; with all of them, what lies behind them of other topics is passed too.</summary>
    private Dictionary<short, long> After(int passed)
    {
        var after = new Dictionary<short, long>();
        foreach (var part in parts)
        {
            var done = Math.Min(passed, part.Events.Count);
            passed -= done;
            after[part.Bucket] = done == part.Events.Count ? part.To : done == 0 ? part.From : part.Events[done - 1].Position;
        }

        return after;
    }

    /// <summary>Another process may have come between two transactions, or a person may have set the position.</summary>
    private async Task<bool> HoldsAsync(CancellationToken cancel)
    {
        await using var hold = new NpgsqlCommand(HoldSql, connection) { Parameters = { new() { Value = consumer }, new() { Value = _at.Keys.ToArray() } } };
        await using var row = await hold.ExecuteReaderAsync(cancel);
        var held = 0;
        while (await row.ReadAsync(cancel))
        {
            held += _at[row.GetInt16(0)] == row.GetInt64(1) ? 1 : 0;
        }

        return held == _at.Count;
    }

    /// <summary>What was read of a bucket.</summary>
    /// <param name="From">Where the consumer was.</param>
    /// <param name="To">The last position that was looked at, of whatever topic.</param>
    /// <param name="Events">Those of the consumer's topics, with their positions.</param>
    internal sealed record Part(short Bucket, long From, long To, IReadOnlyList<(long Position, Event Event)> Events);
}
