using Npgsql;

namespace Refresher.Core.Limits;

/// <summary>
/// Decides, within one transaction, which runs may go on and which have to wait for a limit. The limits concerned are locked for the rest
/// of the transaction, so that what is counted stays true. Whoever also locks schedules does so after this.
/// </summary>
internal sealed class Admission
{
    private const string LockSql = "SELECT pg_advisory_xact_lock(hashtextextended(key, 7)) FROM unnest($1) AS keys(key)";

    private const string TryLockSql = "SELECT key FROM unnest($1) AS keys(key) WHERE pg_try_advisory_xact_lock(hashtextextended(key, 7))";

    private const string HoldersSql = """
        SELECT pg_advisory_xact_lock(hashtextextended(key, 7)) FROM (SELECT DISTINCT limit_key AS key FROM limit_slots WHERE run_id = ANY($1) ORDER BY 1) AS keys
        """;

    private const string CountSql = "SELECT key, (SELECT count(*) FROM limit_slots WHERE limit_key = key) FROM unnest($1) AS keys(key)";

    private const string SlotSql = "INSERT INTO limit_slots (limit_key, run_id) SELECT * FROM unnest($1, $2) ON CONFLICT DO NOTHING";

    private readonly NpgsqlConnection _connection;
    private readonly LimitRules _rules;
    private readonly Dictionary<string, long> _held = new(StringComparer.Ordinal);
    private readonly List<(string Key, Guid Run)> _slots = [];

    private Admission(NpgsqlConnection connection, LimitRules rules)
    {
        _connection = connection;
        _rules = rules;
    }

    /// <summary>True when a run was told to wait for a rate: the pacer should look.</summary>
    public bool Paced { get; private set; }

    /// <summary>Locks the limits that these runs are under, waiting for others that do the same.</summary>
    public static async Task<Admission> BeginAsync(NpgsqlConnection connection, LimitRules rules, IEnumerable<LimitSubject> runs, CancellationToken cancel)
    {
        var admission = new Admission(connection, rules);
        var keys = admission.KeysOf(runs);
        if (keys.Length > 0)
        {
            await using var take = new NpgsqlCommand(LockSql, connection) { Parameters = { new() { Value = keys } } };
            await take.ExecuteNonQueryAsync(cancel);
            await admission.CountAsync(keys, cancel);
        }

        return admission;
    }

    /// <summary>As <see cref="BeginAsync"/> where other rows are locked already: a limit that somebody else is deciding about is not waited for.</summary>
    public static async Task<Admission> TryAsync(NpgsqlConnection connection, LimitRules rules, IEnumerable<string> limits, IEnumerable<LimitSubject> runs, CancellationToken cancel)
    {
        var admission = new Admission(connection, rules);
        var keys = admission.KeysOf(runs).Union(limits, StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        if (keys.Length == 0)
        {
            return admission;
        }

        var taken = new List<string>(keys.Length);
        await using (var take = new NpgsqlCommand(TryLockSql, connection) { Parameters = { new() { Value = keys } } })
        await using (var row = await take.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                taken.Add(row.GetString(0));
            }
        }

        await admission.CountAsync([.. taken], cancel);
        return admission;
    }

    /// <summary>Locks the limits in which these runs hold slots; called before their ends are written.</summary>
    public static async Task LockHoldersAsync(NpgsqlConnection connection, Guid[] runs, CancellationToken cancel)
    {
        if (runs.Length > 0)
        {
            await using var take = new NpgsqlCommand(HoldersSql, connection) { Parameters = { new() { Value = runs } } };
            await take.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>Slots that are free under a limit; none when it is not locked here.</summary>
    public long Room(string key) => !_held.TryGetValue(key, out var held) ? 0 : _rules.Find(key)?.Concurrency is { } most ? Math.Max(0, most - held) : long.MaxValue;

    /// <summary>Gives a run its slots, all or none.</summary>
    /// <returns>What it has to wait for; null when it may go on.</returns>
    public string? Admit(LimitSubject run)
    {
        var limits = _rules.Of(run);
        if (Full(limits) is { } full)
        {
            return full;
        }

        if (limits.FirstOrDefault(limit => limit.Rate is not null) is { } paced)
        {
            Paced = true;
            return paced.RateKey;
        }

        Take(run, limits);
        return null;
    }

    /// <summary>The first of a run's limits that has no slot left; null when every one has.</summary>
    public string? Full(LimitSubject run) => Full(_rules.Of(run));

    /// <summary>Gives a run its slots without regard to rates.</summary>
    public void Take(LimitSubject run) => Take(run, _rules.Of(run));

    /// <summary>True when a run was given slots here.</summary>
    public bool HasSlots(Guid run) => _slots.Exists(slot => slot.Run == run);

    /// <summary>Writes the slots that were given.</summary>
    public async Task SaveAsync(CancellationToken cancel)
    {
        if (_slots.Count == 0)
        {
            return;
        }

        await using var save = new NpgsqlCommand(SlotSql, _connection)
        {
            Parameters = { new() { Value = _slots.ConvertAll(slot => slot.Key) }, new() { Value = _slots.ConvertAll(slot => slot.Run) } },
        };
        await save.ExecuteNonQueryAsync(cancel);
    }

    private string? Full(IReadOnlyList<LimitRule> limits) => limits.FirstOrDefault(limit => limit.Concurrency is not null && Room(limit.Key) == 0)?.Key;

    private void Take(LimitSubject run, IReadOnlyList<LimitRule> limits)
    {
        foreach (var limit in limits.Where(limit => limit.Concurrency is not null))
        {
            _held[limit.Key]++;
            _slots.Add((limit.Key, run.RunId));
        }
    }

    private string[] KeysOf(IEnumerable<LimitSubject> runs)
    {
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var run in runs)
        {
            keys.UnionWith(_rules.Of(run).Where(limit => limit.Concurrency is not null).Select(limit => limit.Key));
        }

        return [.. keys];
    }

    private async Task CountAsync(string[] keys, CancellationToken cancel)
    {
        if (keys.Length == 0)
        {
            return;
        }

        await using var count = new NpgsqlCommand(CountSql, _connection) { Parameters = { new() { Value = keys } } };
        await using var row = await count.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            _held[row.GetString(0)] = row.GetInt64(1);
        }
    }
}
