using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Alerts.Digests;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

public sealed class SiteDigestTests
{
    private static readonly DateTimeOffset From = new(2031, 5, 1, 7, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_digest_names_the_worst_site_first_and_counts_the_hours_of_its_period_only()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");
        await using var rows = NpgsqlDataSource.Create(database.ConnectionString);
        await FillAsync(rows);
        await using var scope = engine.Services.CreateAsyncScope();
        var section = scope.ServiceProvider.GetServices<IDigestSection>().Single(one => one is SiteDigest);

        var table = await section.WriteAsync(From, From.AddDays(1), default);
        var before = await section.WriteAsync(From.AddYears(-1), From.AddYears(-1).AddDays(1), default);

        Assert.Equal("2 sites were up for 97.5 % of their checks; they went down once.", table!.Summary);
        Assert.Equal([["bad", "95 %", "1", "30 ms"], ["good", "100 %", "0", "20 ms"]], table.Rows);
        Assert.Null(before);
    }

    private static async Task FillAsync(NpgsqlDataSource rows)
    {
        foreach (var (name, down, mean) in new[] { ("good", 0, 20), ("bad", 5, 30) })
        {
            await using var command = rows.CreateCommand("""
                WITH site AS (
                    INSERT INTO sites (id, key, name, "group", tags, description, enabled, spec, interval, failure_threshold, recovery_threshold, created_at, updated_at)
                    VALUES (gen_random_uuid(), $1, $1, '', '{}', '', true, '{"target": "https://example.org"}', '30 seconds', 2, 2, $4, $4) RETURNING id),
                incident AS (
                    INSERT INTO incidents (id, site_id, site_key, site_name, opened_at, confirmed_at, failed_checks)
                    SELECT gen_random_uuid(), id, $1, $1, $4 + interval '2 hours', $4 + interval '2 hours', 5 FROM site WHERE $2 > 0)
                INSERT INTO site_rollups (site_id, step, bucket, up, degraded, down, unknown, maintenance, total_sum, total_min, total_max, histogram)
                SELECT id, 'hour', $4 + hours * interval '1 hour', 50 - CASE WHEN hours = 2 THEN $2 ELSE 0 END, 0, CASE WHEN hours = 2 THEN $2 ELSE 0 END, 1, 0,
                       $3 * (50 - CASE WHEN hours = 2 THEN $2 ELSE 0 END), 1, 100, $5
                FROM site, (VALUES (-1), (2), (3), (24)) AS h(hours)
                """);
            command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = name }, new() { Value = down }, new() { Value = mean }, new() { Value = From }, new() { Value = new int[SiteRollup.Bounds.Count + 1] } });
            await command.ExecuteNonQueryAsync();
        }
    }
}
