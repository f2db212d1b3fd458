using Npgsql;

namespace Refresher.Core.Limits;

/// <summary>A limit and how it is used now.</summary>
/// <param name="Concurrency">Null: any number.</param>
/// <param name="Rate">Runs that may begin within <paramref name="Per"/>; null: any number.</param>
/// <param name="IsDefault">Nobody set it: it is what a concurrency key in use has of itself.</param>
/// <param name="Held">Slots in use.</param>
/// <param name="Waiting">Runs that wait for a slot or for the rate.</param>
/// <param name="OldestAt">Since when the first of them waits.</param>
public sealed record LimitUse(
    LimitScope Scope, string Name, int? Concurrency, int? Rate, TimeSpan? Per, bool IsDefault, long Held, long Waiting, DateTimeOffset? OldestAt, DateTimeOffset? UpdatedAt);

/// <summary>Reads of limits, shared by pages and end points.</summary>
public sealed class LimitQueries(NpgsqlDataSource database)
{
    private const string Sql = """
        WITH held AS (SELECT limit_key, count(*) AS slots FROM limit_slots GROUP BY 1),
        waiting AS (
            SELECT regexp_replace(waiting_for, '^rate:', '') AS limit_key, count(*) AS runs, min(held_since) AS since FROM runs
            WHERE waiting_for IS NOT NULL AND waiting_for <> 'overlap' AND finished_at IS NULL GROUP BY 1),
        keys AS (SELECT scope || ':' || name AS limit_key FROM limits UNION SELECT limit_key FROM held UNION SELECT limit_key FROM waiting)
        SELECT k.limit_key, l.concurrency, l.rate, l.per, l.id IS NULL, COALESCE(h.slots, 0), COALESCE(w.runs, 0), w.since, l.updated_at
        FROM keys k LEFT JOIN limits l ON l.scope || ':' || l.name = k.limit_key LEFT JOIN held h USING (limit_key) LEFT JOIN waiting w USING (limit_key)
        WHERE l.id IS NOT NULL OR k.limit_key LIKE 'key:%' ORDER BY 1 LIMIT $1
        """;

    private const int Most = 1000;

    /// <summary>Every limit that was set, and the concurrency keys in use, by scope and name; at most 1,000.</summary>
    public async Task<IReadOnlyList<LimitUse>> ListAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(Sql);
        command.Parameters.Add(new() { Value = Most });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var limits = new List<LimitUse>();
        while (await row.ReadAsync(cancel))
        {
            var key = row.GetString(0);
            var colon = key.IndexOf(':', StringComparison.Ordinal);
            var isDefault = row.GetBoolean(4);
            limits.Add(new LimitUse(
                Words<LimitScope>.Parse(key[..colon]), key[(colon + 1)..], row.IsDBNull(1) ? isDefault ? PlatformDefaults.KeyConcurrency : null : row.GetInt32(1),
                row.IsDBNull(2) ? null : row.GetInt32(2), row.IsDBNull(3) ? null : row.GetTimeSpan(3), isDefault, row.GetInt64(5), row.GetInt64(6),
                row.IsDBNull(7) ? null : row.GetFieldValue<DateTimeOffset>(7), row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8)));
        }

        return limits;
    }
}
