using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Outbox;
using Refresher.Tasks;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests.SiteMonitor;

/// <summary>Invariants 4 and 5 for the site monitor: what was checked is kept and counted once, and each change is told once, whatever is killed.</summary>
public sealed class SiteChaosTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, string> Settings = new() { ["SiteMonitor__Lease"] = "00:00:03", ["Logging__LogLevel__Default"] = "Warning" };

    [Fact]
    public Task Every_check_is_kept_and_counted_once_while_workers_the_database_and_positions_are_broken() => BreakAsync(sites: 300, outage: null);

    /// <summary>The long form, with a broker that is away for two minutes while 500 checks a second go on.</summary>
    [Fact]
    [Trait("Suite", "chaos")]
    public Task Every_check_is_kept_and_counted_once_while_the_broker_is_broken_too() => BreakAsync(sites: 500, outage: TimeSpan.FromMinutes(2));

    /// <param name="sites">How many; each is checked every second.</param>
    /// <param name="outage">How long the broker is away; null: events go without one.</param>
    private async Task BreakAsync(int sites, TimeSpan? outage)
    {
        await using var servers = await TestServers.StartAsync(durable: true, kafka: outage is not null);
        var settings = With(servers);
        await using var database = await TestDatabase.CreateAsync(servers);
        await using var target = await Target.StartAsync();
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler-1", database, settings);
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        await using var rows = NpgsqlDataSource.Create(database.ConnectionString);
        await FillAsync(rows, target.Url, sites);
        await using var one = ServiceProcess.Start("Worker", "worker-1", database, settings);
        await using var two = ServiceProcess.Start("Worker", "worker-2", database, settings);
        await SeeAsync(rows, "SELECT count(*) FROM outbox WHERE type = 'site.checked'", count => count > 5 * sites);

        one.Kill();
        await using var again = ServiceProcess.Start("Worker", "worker-1", database, settings);
        if (outage is { } away)
        {
            await servers.StopAsync("kafka");
            var (before, began) = (await CountAsync(rows, "SELECT count(*) FROM outbox WHERE type = 'site.checked'"), Stopwatch.StartNew());
            await Task.Delay(away);
            var meanwhile = await CountAsync(rows, "SELECT count(*) FROM outbox WHERE type = 'site.checked'") - before;
            output.WriteLine($"without a broker for {began.Elapsed.TotalSeconds:0} s: {meanwhile / began.Elapsed.TotalSeconds:0} checks a second went on");
            Assert.True(meanwhile > 10 * sites, $"{meanwhile} checks while the broker was away");
            await servers.StartAgainAsync("kafka");
        }

        target.Broken = true;
        await SeeAsync(rows, "SELECT count(*) FROM incidents WHERE closed_at IS NULL", count => count == sites / 10);
        await servers.StopAsync("postgres");
        await servers.StartAgainAsync("postgres");
        await ReplayAsync(client);
        target.Broken = false;
        await SeeAsync(rows, "SELECT count(*) FROM incidents WHERE closed_at IS NOT NULL", count => count >= sites / 10);
        two.Kill();
        await ReplayAsync(client);
        await SeeAsync(rows, $"SELECT count(DISTINCT key) FROM outbox WHERE type = 'site.checked' AND at > now() - interval '3 seconds'", count => count == sites);

        // Nobody checks any more; what has been told is still written.
        await again.StopAsync();
        await two.StopAsync();
        await using var writer = ServiceProcess.Start("Worker", "writer", database, new Dictionary<string, string>(settings) { ["Worker__Roles__0"] = "consumers", ["Worker__Roles__1"] = "relay" });
        var told = await CountAsync(rows, "SELECT count(*) FROM outbox WHERE type = 'site.checked'");
        await SeeAsync(rows, "SELECT count(*) FROM site_checks", count => count == told);
        output.WriteLine($"{target.Asked} requests, {told} checks told, {await CountAsync(rows, "SELECT count(*) FROM incidents")} incidents");

        Assert.Equal(told, await CountAsync(rows, "SELECT count(DISTINCT id) FROM outbox WHERE type = 'site.checked'"));
        Assert.Equal(0, await CountAsync(rows, "SELECT count(*) FROM site_checks c FULL JOIN (SELECT id FROM outbox WHERE type = 'site.checked') o USING (id) WHERE c.site_id IS NULL OR o.id IS NULL"));
        Assert.True(target.Asked >= told, $"{target.Asked} requests, but {told} checks");
        Assert.Equal(0, await CountAsync(rows, DisagreeingSql));
        Assert.Equal(0, await CountAsync(rows, "SELECT count(*) FROM (SELECT 1 FROM outbox WHERE type = 'state.changed' GROUP BY convert_from(payload, 'utf8')::jsonb ->> 'episodeId', convert_from(payload, 'utf8')::jsonb ->> 'active' HAVING count(*) > 1) doubled"));
        Assert.Equal(
            await CountAsync(rows, "SELECT count(*) + count(closed_at) FROM incidents"),
            await CountAsync(rows, "SELECT count(*) FROM outbox WHERE type = 'state.changed' AND topic = 'refresher.site-status'"));
        Assert.Equal(0, await CountAsync(rows, "SELECT count(*) FROM dead_letters"));
    }

    private static Dictionary<string, string> With(TestServers servers)
    {
        var settings = new Dictionary<string, string>(Settings);
        foreach (var (key, value) in servers.KafkaSettings)
        {
            settings[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        }

        return settings;
    }

    /// <summary>Counts that are not what counting the rows gives.</summary>
    private const string DisagreeingSql = """
        WITH counted AS (
            SELECT site_id, step, date_trunc(step, checked_at, 'UTC') AS bucket, count(*) FILTER (WHERE status = 'up') AS up, count(*) FILTER (WHERE status = 'degraded') AS degraded,
                   count(*) FILTER (WHERE status = 'down') AS down, count(*) FILTER (WHERE status = 'unknown') AS unknown
            FROM site_checks CROSS JOIN (VALUES ('hour'), ('day')) AS steps(step) GROUP BY 1, 2, 3)
        SELECT count(*) FROM counted c FULL JOIN site_rollups r USING (site_id, step, bucket)
        WHERE (c.up, c.degraded, c.down, c.unknown) IS DISTINCT FROM (r.up, r.degraded, r.down, r.unknown)
        """;

    /// <summary>Sites that are checked each second, oftener than people may ask for.</summary>
    private static async Task FillAsync(NpgsqlDataSource rows, Uri url, int sites)
    {
        await ExecuteAsync(rows, $$"""
            INSERT INTO sites (id, key, name, "group", tags, description, enabled, spec, interval, failure_threshold, recovery_threshold, created_at, updated_at)
            SELECT gen_random_uuid(), 'site-' || n, 'Site ' || n, '', '{}', '', true, jsonb_build_object('target', '{{url}}' || n, 'timeout', '00:00:02'), '1 second', 2, 2, now(), now()
            FROM generate_series(0, {{sites - 1}}) n
            """);
        await ExecuteAsync(rows, """
            INSERT INTO site_states (site_id, verdict, since, next_check_at, row_count, answers, stale_at, slowed)
            SELECT id, 'pending', now(), now() + random() * interval '1 second', 0, 0, now() + interval '3 seconds', false FROM sites
            """);
    }

    private static async Task ReplayAsync(EngineHost client)
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                var replayed = await client.WithAsync<EventCommands, Result<EventReaderView>>(commands => commands.ReplayAsync("check-writer", null, default));
                Assert.True(replayed.Value is not null, replayed.Errors?.ToString() ?? replayed.Conflict ?? "There is no such consumer.");
                return;
            }
            catch (NpgsqlException) when (tries < 50)
            {
                // Its connections are those of before the restart.
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Looks for up to five minutes; while PostgreSQL is away it looks again.</summary>
    private static async Task SeeAsync(NpgsqlDataSource rows, string sql, Func<long, bool> done)
    {
        var began = Stopwatch.StartNew();
        long? last = null;
        while (true)
        {
            try
            {
                last = await CountAsync(rows, sql);
                if (done(last.Value))
                {
                    return;
                }
            }
            catch (NpgsqlException)
            {
                // It is being restarted.
            }

            Assert.True(began.Elapsed < TimeSpan.FromMinutes(5), $"{sql}: {last}");
            await Task.Delay(100);
        }
    }

    private static async Task<long> CountAsync(NpgsqlDataSource rows, string sql)
    {
        await using var command = rows.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource rows, string sql)
    {
        await using var command = rows.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What is watched: every tenth address can be broken.</summary>
    private sealed class Target : IAsyncDisposable
    {
        private readonly ConcurrentDictionary<string, int> _asked = new();
        private FakeHttpServer _server = null!;

        public bool Broken { get; set; }

        public Uri Url => _server.Url;

        public long Asked => _asked.Values.Sum(count => (long)count);

        public static async Task<Target> StartAsync()
        {
            var target = new Target();
            target._server = await FakeHttpServer.StartAsync(target.AnswerAsync);
            return target;
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private Task AnswerAsync(HttpContext http)
        {
            var path = http.Request.Path.Value!;
            _asked.AddOrUpdate(path, 1, (_, count) => count + 1);
            http.Response.StatusCode = Broken && path.EndsWith('0') ? 503 : 200;
            return http.Response.WriteAsync("hello");
        }
    }
}
