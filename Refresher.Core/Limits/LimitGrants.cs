using Npgsql;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Core.Limits;

/// <summary>
/// Lets waiting runs go on, in the order of their priority and due time, in the transaction that made room: the end of a holder, an edit of
/// a limit, a look of <see cref="LimitSweep"/>.
/// </summary>
public sealed class LimitGrants(LimitCatalog catalog)
{
    private const int BatchSize = 500;

    private const string FreeSql = "DELETE FROM limit_slots WHERE run_id = ANY($1) RETURNING limit_key";

    private const string WaitingSql = """
        SELECT id, kind, queue, priority, concurrency_key FROM runs
        WHERE waiting_for = $1 AND finished_at IS NULL AND state = 'queued' AND (expires_at IS NULL OR expires_at > $3)
        ORDER BY priority, due_at, id LIMIT $2
        """;

    private const string LockedSql = WaitingSql + " FOR UPDATE SKIP LOCKED";

    private const string GrantSql = """
        UPDATE runs SET waiting_for = NULL, limited = id = ANY($5), queued_at = $4, held_since = NULL,
            blocked = blocked + CASE WHEN started_at IS NULL THEN GREATEST(0, extract(epoch FROM $4 - held_since)) ELSE 0 END
        WHERE id = ANY($1) AND id >= $2 AND id <= $3
        """;

    private const string MoveSql = """
        UPDATE runs r SET waiting_for = m.key FROM unnest($1, $2) AS m(id, key) WHERE r.id = m.id AND r.id = ANY($1) AND r.id >= $3 AND r.id <= $4
        """;

    /// <summary>Takes the slots of these runs back and gives them to those that wait.</summary>
    internal async Task<Granted> FreeAsync(NpgsqlConnection connection, Guid[] runs, DateTimeOffset now, CancellationToken cancel)
    {
        var keys = new HashSet<string>(StringComparer.Ordinal);
        await using (var free = new NpgsqlCommand(FreeSql, connection) { Parameters = { new() { Value = runs } } })
        await using (var row = await free.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                keys.Add(row.GetString(0));
            }
        }

        var granted = Granted.Nothing;
        foreach (var key in keys.Order(StringComparer.Ordinal))
        {
            granted += await GrantAsync(connection, key, now, cancel);
        }

        return granted;
    }

    /// <summary>Lets go on whatever a limit has room for. A limit that somebody else is deciding about is left to them.</summary>
    internal async Task<Granted> GrantAsync(NpgsqlConnection connection, string key, DateTimeOffset now, CancellationToken cancel)
    {
        var rules = await catalog.CurrentAsync(cancel);
        var granted = Granted.Nothing;
        for (var more = true; more;)
        {
            var room = (await Admission.TryAsync(connection, rules, [key], [], cancel)).Room(key);
            var waiting = room == 0 ? [] : await WaitingAsync(connection, key, Math.Min(room, BatchSize), now, cancel);
            granted += await LetGoAsync(connection, rules, waiting, now, cancel);

            // What goes on to wait for a rate takes no slot yet: going on here would move the whole line there and back.
            more = !granted.Paced && waiting.Count > 0 && waiting.Count == Math.Min(room, BatchSize);
        }

        return granted;
    }

    /// <summary>Gives runs that are locked by the caller their slots, or the next thing to wait for.</summary>
    internal async Task<Granted> LetGoAsync(NpgsqlConnection connection, IReadOnlyList<WaitingForLimit> waiting, DateTimeOffset now, CancellationToken cancel) =>
        await LetGoAsync(connection, await catalog.CurrentAsync(cancel), waiting, now, cancel);

    private static async Task<Granted> LetGoAsync(NpgsqlConnection connection, LimitRules rules, IReadOnlyList<WaitingForLimit> waiting, DateTimeOffset now, CancellationToken cancel)
    {
        if (waiting.Count == 0)
        {
            return Granted.Nothing;
        }

        var admission = await Admission.TryAsync(connection, rules, [], waiting.Select(run => run.Subject), cancel);
        var decided = waiting.Select(run => (Run: run, WaitsFor: admission.Admit(run.Subject))).ToArray();
        await admission.SaveAsync(cancel);
        var free = decided.Where(d => d.WaitsFor is null).Select(d => d.Run.Queued).ToArray();
        await LetGoAsync(connection, admission, free, now, cancel);
        await MoveAsync(connection, [.. decided.Where(d => d.WaitsFor is not null).Select(d => (d.Run.Queued.Id, d.WaitsFor!))], cancel);
        return new Granted(free, admission.Paced);
    }

    internal static async Task LetGoAsync(NpgsqlConnection connection, Admission admission, QueuedRun[] free, DateTimeOffset now, CancellationToken cancel)
    {
        if (free.Length == 0)
        {
            return;
        }

        var ids = Array.ConvertAll(free, run => run.Id);
        var (lowest, highest) = RunId.Bounds(ids);
        await using var grant = new NpgsqlCommand(GrantSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = now }, new() { Value = Array.FindAll(ids, admission.HasSlots) } },
        };
        await grant.ExecuteNonQueryAsync(cancel);
    }

    internal static async Task MoveAsync(NpgsqlConnection connection, (Guid Id, string Key)[] moved, CancellationToken cancel)
    {
        if (moved.Length == 0)
        {
            return;
        }

        var ids = Array.ConvertAll(moved, m => m.Id);
        var (lowest, highest) = RunId.Bounds(ids);
        await using var move = new NpgsqlCommand(MoveSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = Array.ConvertAll(moved, m => m.Key) }, new() { Value = lowest }, new() { Value = highest } },
        };
        await move.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The first of those that wait, locked; unlocked where the limits have to be locked before them.</summary>
    internal static async Task<List<WaitingForLimit>> WaitingAsync(NpgsqlConnection connection, string key, long most, DateTimeOffset now, CancellationToken cancel, bool locked = true)
    {
        await using var command = new NpgsqlCommand(locked ? LockedSql : WaitingSql, connection) { Parameters = { new() { Value = key }, new() { Value = most }, new() { Value = now } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var waiting = new List<WaitingForLimit>();
        while (await row.ReadAsync(cancel))
        {
            waiting.Add(Read(row));
        }

        return waiting;
    }

    /// <summary>Reads id, kind, queue, priority and concurrency key.</summary>
    internal static WaitingForLimit Read(NpgsqlDataReader row) =>
        new(new QueuedRun(row.GetGuid(0), row.GetString(2), row.GetInt16(3)), row.GetString(1), row.IsDBNull(4) ? null : row.GetString(4));
}

/// <summary>A queued run that is not in Redis because something holds it.</summary>
internal readonly record struct WaitingForLimit(QueuedRun Queued, string Kind, string? ConcurrencyKey)
{
    public LimitSubject Subject => new(Queued.Id, Kind, Queued.Queue, ConcurrencyKey);
}

/// <summary>What came of making room.</summary>
/// <param name="Runs">To be sent after the commit.</param>
/// <param name="Paced">Some now wait for a rate: the pacer should look.</param>
internal sealed record Granted(IReadOnlyList<QueuedRun> Runs, bool Paced)
{
    public static Granted Nothing { get; } = new([], false);

    public static Granted operator +(Granted one, Granted other) =>
        one == Nothing ? other : other == Nothing ? one : new Granted([.. one.Runs, .. other.Runs], one.Paced || other.Paced);
}
