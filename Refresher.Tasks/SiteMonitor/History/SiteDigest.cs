using System.Globalization;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Alerts.Messages;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>What digests say about sites: how much of their checks was answered, the worst of them first, and how often they went down.</summary>
internal sealed class SiteDigest(NpgsqlDataSource database) : IDigestSection
{
    private const int Most = 20;

    // By the hour, so that a digest that is due at 07:00 looks at whole hours; the hour it is written in belongs to the next one.
    private const string TotalSql = """
        SELECT count(DISTINCT site_id), COALESCE(sum(up + degraded), 0)::bigint, COALESCE(sum(down), 0)::bigint,
               (SELECT count(*) FROM incidents WHERE opened_at >= $2 AND opened_at < $3)
        FROM site_rollups WHERE step = $1 AND bucket >= $2 AND bucket < $3
        """;

    private const string WorstSql = """
        SELECT s.name, r.answered, r.down, r.mean, (SELECT count(*) FROM incidents i WHERE i.site_id = s.id AND i.opened_at >= $2 AND i.opened_at < $3)
        FROM (SELECT site_id, sum(up + degraded)::bigint AS answered, sum(down)::bigint AS down, sum(total_sum) / NULLIF(sum(up + degraded), 0) AS mean
              FROM site_rollups WHERE step = $1 AND bucket >= $2 AND bucket < $3 GROUP BY site_id HAVING sum(up + degraded + down) > 0) r
        JOIN sites s ON s.id = r.site_id
        ORDER BY r.answered::double precision / (r.answered + r.down), r.down DESC, s.name LIMIT $4
        """;

    public int Order => 100;

    public async Task<MessageTable?> WriteAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        (from, to) = (UptimeQueries.Floor(from, RollupStep.Hour), UptimeQueries.Floor(to, RollupStep.Hour));
        var (sites, answered, down, incidents) = await TotalAsync(from, to, cancel);
        if (answered + down == 0)
        {
            return null;
        }

        var rows = await WorstAsync(from, to, cancel);
        var shown = rows.Count < sites ? $" The {rows.Count} worst of them:" : "";
        return new MessageTable(
            "Sites",
            $"{Number(sites)} sites were up for {Percent(answered, down)} of their checks; they went down {Times(incidents)}.{shown}",
            ["Site", "uptime", "went down", "mean response"],
            rows);
    }

    private async Task<(long Sites, long Answered, long Down, long Incidents)> TotalAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var command = Command(TotalSql, from, to);
        await using var row = await command.ExecuteReaderAsync(cancel);
        await row.ReadAsync(cancel);
        return (row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3));
    }

    private async Task<List<IReadOnlyList<string>>> WorstAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await using var command = Command(WorstSql, from, to);
        command.Parameters.Add(new() { Value = Most });
        await using var row = await command.ExecuteReaderAsync(cancel);
        var rows = new List<IReadOnlyList<string>>();
        while (await row.ReadAsync(cancel))
        {
            rows.Add([row.GetString(0), Percent(row.GetInt64(1), row.GetInt64(2)), Number(row.GetInt64(4)), row.IsDBNull(3) ? "–" : $"{row.GetDouble(3).ToString("0", CultureInfo.InvariantCulture)} ms"]);
        }

        return rows;
    }

    private NpgsqlCommand Command(string sql, DateTimeOffset from, DateTimeOffset to)
    {
        var command = database.CreateCommand(sql);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Words<RollupStep>.Of(RollupStep.Hour) }, new() { Value = from }, new() { Value = to } });
        return command;
    }

    /// <summary>Rounded down: only what was never down reads 100 %.</summary>
    private static string Percent(long answered, long down) =>
        $"{(Math.Floor(10_000.0 * answered / (answered + down)) / 100).ToString("0.##", CultureInfo.InvariantCulture)} %";

    private static string Times(long count) => count switch { 0 => "never", 1 => "once", _ => $"{Number(count)} times" };

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);
}
