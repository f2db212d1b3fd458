using Npgsql;

namespace Refresher.Core.Limits;

/// <summary>The limits, read again when they are a second old: an edit acts within that time in every process.</summary>
public sealed class LimitCatalog(NpgsqlDataSource database, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private LimitRules _rules = LimitRules.None;
    private long _readAt;
    private bool _read;

    /// <summary>The limits as they were at most a second ago. Two callers may read them at once; both come to the same.</summary>
    internal async ValueTask<LimitRules> CurrentAsync(CancellationToken cancel)
    {
        if (!_read || clock.GetElapsedTime(_readAt) > Fresh)
        {
            _rules = await ReadAsync(cancel);
            _readAt = clock.GetTimestamp();
            _read = true;
        }

        return _rules;
    }

    /// <summary>The limits were changed here: the next look reads them.</summary>
    internal void Forget() => _read = false;

    private async Task<LimitRules> ReadAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT scope, name, concurrency, rate, per FROM limits");
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rules = new Dictionary<string, LimitRule>(StringComparer.Ordinal);
        while (await row.ReadAsync(cancel))
        {
            var key = LimitRule.KeyOf(Words<LimitScope>.Parse(row.GetString(0)), row.GetString(1));
            rules[key] = new LimitRule(key, row.IsDBNull(2) ? null : row.GetInt32(2), row.IsDBNull(3) ? null : row.GetInt32(3), row.IsDBNull(4) ? default : row.GetTimeSpan(4));
        }

        return rules.Count == 0 ? LimitRules.None : new LimitRules(rules);
    }
}
