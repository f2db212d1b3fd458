using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Bench.Pages;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Bench.SiteMonitor;

internal sealed class SitePages : IPageData
{
    public IReadOnlyList<string> Filtered { get; } = ["/sites?search=site-999", "/sites?state=down", "/incidents?open=true"];

    public async Task<string> MakeAsync(EngineHost client, NpgsqlDataSource source, BenchOptions options, DateTimeOffset now)
    {
        var (sites, checks) = (options.Number("sites", 10_000), options.Number("checks", 20_000_000));
        await new SiteData(client, source, sites, checks).MakeAsync(now);
        return $"{sites:n0} sites, {checks:n0} checks";
    }
}

/// <summary>Ten thousand sites with the checks of a week, what is counted of them for three months, their incidents, and a status page.</summary>
internal sealed class SiteData(EngineHost client, NpgsqlDataSource source, int sites, int checks)
{
    private const int Days = 7;
    private const string Answered = "status IN ('up', 'degraded')";

    public async Task MakeAsync(DateTimeOffset now)
    {
        await SitesAsync(now);
        var perDay = Math.Max(1, (checks + (sites * Days) - 1) / (sites * Days));
        var today = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero);

        // Two at a time: there are two cores or more.
        await Parallel.ForEachAsync(Enumerable.Range(0, Days + 1), new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (back, _) => await DayAsync(today.AddDays(-back), perDay, now));
        await Sql.RunAsync(source, $"INSERT INTO site_rollups ({Columns}) SELECT site_id, 'day', date_trunc('day', bucket, 'UTC'), {Sums} FROM site_rollups WHERE step = 'hour' GROUP BY 1, 3");
        await Sql.RunAsync(source, $"""
            INSERT INTO site_rollups ({Columns})
            SELECT site_id, step, bucket - week * interval '7 days', up, degraded, down, unknown, maintenance, total_sum, total_min, total_max, histogram
            FROM site_rollups, generate_series(1, 12) week WHERE step = 'day' AND bucket >= $1 AND bucket < $2
            """, today.AddDays(-Days), today);
        await IncidentsAsync(now);
        await Sql.RunAsync(source, "ANALYZE sites, site_states, site_checks, site_rollups, incidents, incident_updates, status_items");
    }

    private async Task SitesAsync(DateTimeOffset now)
    {
        var id = Guid.CreateVersion7(now);
        await using (var scope = client.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
            db.Add(new Site
            {
                Id = id,
                Key = "site-0",
                Name = "Site 0",
                Group = "Group 0",
                Tags = ["shop"],
                CreatedAt = now.AddDays(-90),
                UpdatedAt = now,
                Spec = new CheckSpec { Target = "http://127.0.0.1:9/" },
                State = new SiteState { SiteId = id, Verdict = Verdict.Up, Since = now.AddDays(-3), NextCheckAt = now.AddHours(3), StaleAt = now.AddHours(4), LastCheckedAt = now, LastStatus = CheckStatus.Up, LastStatusCode = 200, LastTotalMs = 84 },
            });
            await db.SaveChangesAsync();
        }

        await Sql.RunAsync(source, """
            INSERT INTO sites SELECT copy.* FROM sites s, generate_series(1, $2 - 1) n,
                LATERAL jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'key', 'site-' || n, 'name', 'Site ' || n, 'group', 'Group ' || n % 40, 'tags', ARRAY['shop', 'team-' || n % 12])) copy
            WHERE s.id = $1
            """, id, sites);
        await Sql.RunAsync(source, """
            INSERT INTO site_states SELECT copy.*
            FROM site_states t, (SELECT id, row_number() OVER (ORDER BY id) AS n FROM sites) s, LATERAL (SELECT CASE WHEN n % 1000 = 7 THEN 'down' WHEN n % 300 = 9 THEN 'degraded' ELSE 'up' END AS stand) v,
                LATERAL jsonb_populate_record(t, jsonb_build_object('site_id', s.id, 'verdict', stand, 'last_status', stand, 'paused_at', CASE WHEN n % 200 = 13 THEN t.since END)) copy
            WHERE t.site_id = $1 AND s.id <> $1
            """, id);
    }

    /// <summary>A day's partition, filled before it has its key, in the order in which checks come: by time, not by site.</summary>
    private async Task DayAsync(DateTimeOffset day, int perDay, DateTimeOffset now)
    {
        var (name, apart) = (string.Create(CultureInfo.InvariantCulture, $"site_checks_{day:yyyyMMdd}"), TimeSpan.FromDays(1) / perDay);
        await using var connection = await source.OpenConnectionAsync();
        await RunAsync($"CREATE TABLE {name} (LIKE site_checks INCLUDING DEFAULTS); SET maintenance_work_mem = '512MB'");
        await using (var fill = new NpgsqlCommand($"""
            INSERT INTO {name} (id, site_id, checked_at, written_at, status, in_maintenance, fault, error, status_code, dns_ms, connect_ms, tls_ms, first_byte_ms, transfer_ms, total_ms, bytes, address)
            SELECT gen_random_uuid(), site, at, at + interval '40 milliseconds', status, false, CASE status WHEN 'down' THEN 'timeout' END, CASE status WHEN 'down' THEN 'It did not answer in time.' END,
                   CASE status WHEN 'down' THEN NULL ELSE 200 END, 1.5, 12, 20, ms - 34, 0.5, ms, 5120, '127.0.0.1'
            FROM (SELECT id AS site, t, t + place * $4 AS at, 40 + (place * 31 + n * 17) % 160 AS ms, CASE WHEN (place + n * 13) % 997 = 0 THEN 'down' WHEN (place + n * 7) % 211 = 0 THEN 'degraded' ELSE 'up' END AS status
                  FROM generate_series(0, $3 - 1) n, LATERAL (SELECT $1 + n * $2 AS t) times, (SELECT id, row_number() OVER (ORDER BY id) AS place FROM sites) s) c
            WHERE at < $5 AND at < $1 + interval '1 day' ORDER BY t
            """, connection) { CommandTimeout = 900 })
        {
            fill.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = day }, new() { Value = apart }, new() { Value = perDay }, new() { Value = apart / sites }, new() { Value = now } });
            await fill.ExecuteNonQueryAsync();
        }

        await RunAsync($"ALTER TABLE {name} ADD PRIMARY KEY (site_id, checked_at, id)");
        await RunAsync($"ALTER TABLE site_checks ATTACH PARTITION {name} FOR VALUES FROM ('{day:O}') TO ('{day.AddDays(1):O}')");
        await RunAsync($"INSERT INTO site_rollups ({Columns}) SELECT site_id, 'hour', date_trunc('hour', checked_at, 'UTC'), {Counts} FROM (SELECT *, width_bucket(total_ms, ARRAY[{Bounds}]::float8[]) AS place FROM {name}) c GROUP BY 1, 3");

        async Task RunAsync(string sql)
        {
            await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 900 };
            await command.ExecuteNonQueryAsync();
        }
    }

    private async Task IncidentsAsync(DateTimeOffset now)
    {
        await Sql.RunAsync(source, """
            INSERT INTO incidents (id, site_id, site_key, site_name, opened_at, confirmed_at, closed_at, fault, last_fault, reason, failed_checks)
            SELECT (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid, s.id, s.key, s.name,
                   at, at + interval '10 seconds', at + interval '9 minutes', 'timeout', 'timeout', 'It did not answer in time.', 54
            FROM (SELECT n, $1 - n * interval '6 minutes' AS at FROM generate_series(4, 20003) n) i
            JOIN (SELECT id, key, name, row_number() OVER (ORDER BY id) AS place FROM sites) s ON s.place = 1 + (n * 37) % $2
            """, now, sites);
        await Sql.RunAsync(source, """
            INSERT INTO incidents (id, site_id, site_key, site_name, opened_at, confirmed_at, fault, last_fault, reason, failed_checks)
            SELECT gen_random_uuid(), s.id, s.key, s.name, $1, $1 + interval '10 seconds', 'timeout', 'timeout', 'It did not answer in time.', 6
            FROM sites s JOIN site_states t ON t.site_id = s.id WHERE t.verdict = 'down' AND t.paused_at IS NULL
            """, now.AddMinutes(-4));
        await Sql.RunAsync(source, "INSERT INTO incident_updates (id, incident_id, at, kind, text, is_public) SELECT gen_random_uuid(), id, opened_at, 'opened', 'It did not answer in time.', false FROM incidents");
        await Sql.RunAsync(source, """
            UPDATE site_states t SET incident_id = i.id, incident_since = i.opened_at, since = i.opened_at FROM incidents i WHERE i.site_id = t.site_id AND i.closed_at IS NULL
            """);
        await Sql.RunAsync(source, "INSERT INTO status_pages (slug, title, description, published, updated_at) VALUES ('main', 'Status', '', true, $1)", now);
        await Sql.RunAsync(source, """
            INSERT INTO status_items (page_slug, site_id, slug, name, section, place, show_response, badges, added_at)
            SELECT 'main', id, key, name, "group", n, true, true, $1 FROM (SELECT *, row_number() OVER (ORDER BY key) AS n FROM sites) s WHERE n <= 200
            """, now);
    }

    private const string Columns = "site_id, step, bucket, up, degraded, down, unknown, maintenance, total_sum, total_min, total_max, histogram";

    private static string Bounds => string.Join(", ", SiteRollup.Bounds.Select(bound => bound.ToString(CultureInfo.InvariantCulture)));

    private static string Counts =>
        $"""
        (count(*) FILTER (WHERE status = 'up'))::int, (count(*) FILTER (WHERE status = 'degraded'))::int, (count(*) FILTER (WHERE status = 'down'))::int, 0, 0,
        COALESCE(sum(total_ms) FILTER (WHERE {Answered}), 0), COALESCE(min(total_ms) FILTER (WHERE {Answered}), 0), COALESCE(max(total_ms) FILTER (WHERE {Answered}), 0),
        ARRAY[{Steps(i => $"(count(*) FILTER (WHERE {Answered} AND place = {i}))::int")}]
        """;

    private static string Sums =>
        $"""
        sum(up)::int, sum(degraded)::int, sum(down)::int, sum(unknown)::int, sum(maintenance)::int, sum(total_sum),
        COALESCE(min(total_min) FILTER (WHERE up + degraded > 0), 0), max(total_max), ARRAY[{Steps(i => $"sum(histogram[{i + 1}])::int")}]
        """;

    private static string Steps(Func<int, string> element) => string.Join(", ", Enumerable.Range(0, SiteRollup.Bounds.Count + 1).Select(element));
}
