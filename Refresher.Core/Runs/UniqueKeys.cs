using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Npgsql;
using NpgsqlTypes;

namespace Refresher.Core.Runs;

/// <summary>A key that a caller gave a run so that there is only one of it: while it has not ended, or for a period as well.</summary>
public sealed class UniqueKey
{
    public required string Kind { get; init; }

    /// <summary>The caller's words; unique among the runs of a kind.</summary>
    public required string Key { get; init; }

    public Guid RunId { get; init; }

    /// <summary>Taken until then, even when the run has ended; null: until it ends.</summary>
    public DateTimeOffset? Until { get; init; }

    public bool Ended { get; init; }
}

internal sealed class UniqueKeyMapping : IEntityTypeConfiguration<UniqueKey>
{
    public void Configure(EntityTypeBuilder<UniqueKey> key)
    {
        key.ToTable("unique_keys");
        key.HasKey(k => new { k.Kind, k.Key });
        key.HasIndex(k => k.RunId);
        key.HasIndex(k => k.Until, "ix_unique_keys_until").HasFilter("ended");
    }
}

/// <summary>Takes and gives back unique keys, in the transactions that make and end their runs.</summary>
internal static class UniqueKeys
{
    private const string TakeSql = """
        INSERT INTO unique_keys AS k (kind, key, run_id, until, ended) SELECT kind, key, run_id, until, false FROM unnest($1, $2, $3, $4) AS n(kind, key, run_id, until) ORDER BY 1, 2
        ON CONFLICT (kind, key) DO UPDATE SET run_id = EXCLUDED.run_id, until = EXCLUDED.until, ended = false WHERE k.ended AND (k.until IS NULL OR k.until <= $5)
        RETURNING run_id
        """;

    private const string HoldersSql = "SELECT k.kind, k.key, k.run_id FROM unique_keys k JOIN unnest($1, $2) AS n(kind, key) ON k.kind = n.kind AND k.key = n.key";

    private const string FreeSql = """
        WITH gone AS (DELETE FROM unique_keys WHERE run_id = ANY($1) AND (until IS NULL OR until <= $2))
        UPDATE unique_keys SET ended = true WHERE run_id = ANY($1) AND until > $2
        """;

    /// <summary>Takes the keys of these runs.</summary>
    /// <returns>For each run whose key is taken the run that has it.</returns>
    public static async Task<IReadOnlyDictionary<Guid, Guid>> TakeAsync(NpgsqlConnection connection, IReadOnlyCollection<NewRun> runs, DateTimeOffset now, CancellationToken cancel)
    {
        var asked = runs.Where(run => run.UniqueKey is not null).ToArray();
        if (asked.Length == 0)
        {
            return new Dictionary<Guid, Guid>();
        }

        // The first of a batch has the key; the others of it come to the same run.
        var first = asked.DistinctBy(run => (run.Kind, run.UniqueKey)).ToArray();
        var taken = new HashSet<Guid>();
        await using (var take = new NpgsqlCommand(TakeSql, connection))
        {
            take.Parameters.AddRange(new NpgsqlParameter[]
            {
                new() { Value = Array.ConvertAll(first, run => run.Kind) }, new() { Value = Array.ConvertAll(first, run => run.UniqueKey!) }, new() { Value = Array.ConvertAll(first, run => run.Id) },
                new() { Value = Array.ConvertAll(first, run => run.UniqueUntil), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz }, new() { Value = now },
            });
            await using var row = await take.ExecuteReaderAsync(cancel);
            while (await row.ReadAsync(cancel))
            {
                taken.Add(row.GetGuid(0));
            }
        }

        return taken.Count == asked.Length ? new Dictionary<Guid, Guid>() : await HoldersAsync(connection, [.. asked.Where(run => !taken.Contains(run.Id))], cancel);
    }

    /// <summary>Gives back the keys of runs that ended; those with a period stay taken until it is over.</summary>
    public static async Task FreeAsync(NpgsqlConnection connection, Guid[] runs, DateTimeOffset now, CancellationToken cancel)
    {
        if (runs.Length > 0)
        {
            await using var free = new NpgsqlCommand(FreeSql, connection) { Parameters = { new() { Value = runs }, new() { Value = now } } };
            await free.ExecuteNonQueryAsync(cancel);
        }
    }

    private static async Task<Dictionary<Guid, Guid>> HoldersAsync(NpgsqlConnection connection, NewRun[] refused, CancellationToken cancel)
    {
        var holders = new Dictionary<(string, string), Guid>();
        await using var look = new NpgsqlCommand(HoldersSql, connection)
        {
            Parameters = { new() { Value = Array.ConvertAll(refused, run => run.Kind) }, new() { Value = Array.ConvertAll(refused, run => run.UniqueKey!) } },
        };
        await using var row = await look.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            holders[(row.GetString(0), row.GetString(1))] = row.GetGuid(2);
        }

        return refused.Where(run => holders.ContainsKey((run.Kind, run.UniqueKey!))).ToDictionary(run => run.Id, run => holders[(run.Kind, run.UniqueKey!)]);
    }
}
