using Npgsql;

namespace Refresher.Core.Queue;

/// <summary>Reads what is held.</summary>
public sealed class QueueHolds(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>
    /// Claims take this lock shared, whoever pauses takes it alone: when a pause has committed, every claim that began before it has too,
    /// and every later one sees it.
    /// </summary>
    internal const long AdvisoryLock = 0x5245_4652_484F_4C44;

    /// <summary>
    /// How long after its claim a run may still begin without another look. A pause answers a little after this, so that nothing
    /// claimed before it begins after the answer.
    /// </summary>
    internal static readonly TimeSpan ClaimIsFresh = TimeSpan.FromMilliseconds(200);

    /// <summary>How old that other look may be.</summary>
    internal static readonly TimeSpan LookIsFresh = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a pause waits after its commit before it answers.</summary>
    internal static readonly TimeSpan Settling = TimeSpan.FromMilliseconds(300);

    private Look _last = new(HeldQueues.None, null);

    public async Task<HeldQueues> ReadAsync(CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        await using var command = database.CreateCommand("SELECT queue, held_at, held_by, reason FROM queue_holds ORDER BY queue");
        await using var row = await command.ExecuteReaderAsync(cancel);
        var holds = new List<QueueHold>();
        while (await row.ReadAsync(cancel))
        {
            holds.Add(new QueueHold
            {
                Queue = row.GetString(0),
                HeldAt = row.GetFieldValue<DateTimeOffset>(1),
                HeldBy = row.GetString(2),
                Reason = row.IsDBNull(3) ? null : row.GetString(3),
            });
        }

        var held = new HeldQueues(holds);
        Volatile.Write(ref _last, new Look(held, began));
        return held;
    }

    /// <summary>What was held at most <paramref name="oldest"/> ago.</summary>
    public async ValueTask<HeldQueues> RecentAsync(TimeSpan oldest, CancellationToken cancel) =>
        Volatile.Read(ref _last) is { BeganAt: { } began } last && clock.GetElapsedTime(began) < oldest ? last.Held : await ReadAsync(cancel);

    private sealed record Look(HeldQueues Held, long? BeganAt);
}
