using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core;
using Refresher.Tasks;
using Refresher.Tasks.SiteMonitor.Checking;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Bench.SiteMonitor;

/// <summary>Sites that a worker checks: from the due instant over the look, the event and its consumer to the row in <c>site_checks</c>.</summary>
/// <param name="sites">How many.</param>
/// <param name="interval">Of each.</param>
/// <param name="measured">For how long, once all have been checked.</param>
internal sealed class WholePath(int sites, TimeSpan interval, TimeSpan measured)
{
    private static readonly Dictionary<string, string> Quiet = new() { ["Logging__LogLevel__Default"] = "Warning" };

    /// <param name="looking">Whether somebody looks at pages and lists meanwhile.</param>
    public async Task RunAsync(ProbedSite site, bool looking, Figures figures)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var login = Onlooker.NewLogin();
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, new Dictionary<string, string>(login) { ["Logging__LogLevel__Default"] = "Warning" });
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        await FillAsync(client, source, site.Plain);
        await using var worker = ServiceProcess.Start("Worker", "worker", database, Quiet);
        await using var onlooker = looking ? await Onlooker.StartAsync(database, login) : null;
        figures.Title($"checks: {sites:n0} sites every {interval.TotalSeconds:0} s, one worker{(looking ? ", Web and Api looked at 12 times a second" : "")}");
        await Eventually.SeeAsync(() => CountAsync(source, "SELECT count(DISTINCT site_id) FROM site_checks"), seen => seen >= sites, seconds: (2 * interval.TotalSeconds) + 60);

        // The first check of a site comes when the worker does, not at its instant: no period is counted from it.
        await Task.Delay(interval + TimeSpan.FromSeconds(5));
        onlooker?.Begin();
        await MeasureAsync(source, worker, figures);
        if (onlooker is not null)
        {
            await onlooker.StopAsync();
            var (pages, lists) = onlooker.Take();
            figures.SayShares("pages", pages, 0.5, 0.95, 0.99);
            figures.SayShares("Api lists", lists, 0.5, 0.95, 0.99);
        }
    }

    private async Task FillAsync(EngineHost client, NpgsqlDataSource source, Uri target)
    {
        var now = TimeProvider.System.GetUtcNow();
        foreach (var part in Enumerable.Range(0, sites).Chunk(1000))
        {
            await using var scope = client.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
            foreach (var number in part)
            {
                var id = Guid.CreateVersion7(now);
                db.Add(new Site
                {
                    Id = id,
                    Key = $"bench-{number}",
                    Name = $"Bench {number}",
                    Spec = new CheckSpec { Target = new Uri(target, $"/{number}").ToString(), Http = new HttpCheck { MustMatch = "all is w[a-z]+" } },
                    Interval = interval,
                    CreatedAt = now,
                    UpdatedAt = now,
                    State = new SiteState { SiteId = id, Verdict = Verdict.Pending, Since = now, NextCheckAt = SiteGrid.Next(id, interval, now), StaleAt = now + TimeSpan.FromHours(1) },
                });
            }

            await db.SaveChangesAsync();
        }

        await using var analyze = source.CreateCommand("ANALYZE sites, site_states");
        await analyze.ExecuteNonQueryAsync();
    }

    private async Task MeasureAsync(NpgsqlDataSource source, ServiceProcess worker, Figures figures)
    {
        var from = await NowAsync(source);
        var (cpu, written) = (worker.Cpu, await CountAsync(source, "SELECT count(*) FROM site_checks"));
        await Task.Delay(measured);
        var (used, rows) = (worker.Cpu - cpu, await CountAsync(source, "SELECT count(*) FROM site_checks") - written);
        var to = await NowAsync(source);
        figures.Say("rows written per second", rows / (to - from).TotalSeconds, "1/s", $"{sites / interval.TotalSeconds:n0} are due");
        figures.Say("processor time of the worker per check", used.TotalMicroseconds / rows, "µs", "look, event, consumer, row, and all its loops");
        figures.Say("checks per second of its processor time", rows / used.TotalSeconds, "1/s");
        figures.Say("worker memory", worker.Memory / 1e6, "MB");
        await SayPeriodsAsync(source, from, to, figures);
    }

    /// <summary>How far from the interval two checks of a site in a row were apart, and whether one is missing.</summary>
    private async Task SayPeriodsAsync(NpgsqlDataSource source, DateTime from, DateTime to, Figures figures)
    {
        await using var command = source.CreateCommand("""
            SELECT count(*), count(*) FILTER (WHERE status <> 'up'), percentile_cont(0.5) WITHIN GROUP (ORDER BY off), percentile_cont(0.99) WITHIN GROUP (ORDER BY off), max(off),
                   percentile_cont(0.99) WITHIN GROUP (ORDER BY 1000 * extract(epoch FROM written_at - checked_at)::float8)
            FROM (SELECT status, written_at, checked_at, abs(1000 * extract(epoch FROM checked_at - lag(checked_at) OVER (PARTITION BY site_id ORDER BY checked_at))::float8 - $3) AS off
                  FROM site_checks WHERE checked_at > $1 - interval '1 second' * $3 / 1000 AND checked_at <= $2) c
            WHERE off IS NOT NULL AND checked_at > $1
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = from }, new() { Value = to }, new() { Value = interval.TotalMilliseconds } });
        command.CommandTimeout = 120;
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        figures.Say("periods measured", row.GetInt64(0), "periods");
        figures.Say("checks that did not find the site up", row.GetInt64(1), "checks");
        figures.Say("period error p50", row.GetDouble(2), "ms");
        figures.Say("period error p99", row.GetDouble(3), "ms");
        figures.Say("period error max", row.GetDouble(4), "ms");
        figures.Say("from the look to the row p99", row.GetDouble(5), "ms");
    }

    private static async Task<long> CountAsync(NpgsqlDataSource source, string sql)
    {
        await using var command = source.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<DateTime> NowAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }
}
