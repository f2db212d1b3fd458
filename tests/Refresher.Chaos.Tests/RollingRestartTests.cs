using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Tasks;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>What an upgrade does: every process is stopped and started anew, one after the other, while everything goes on. Nobody may notice.</summary>
public sealed class RollingRestartTests(ITestOutputHelper output)
{
    private const int RunsPerSecond = 200;
    private const int Sites = 500;
    private const int SecondsBetweenChecks = 5;

    /// <summary>The short form: each process once. Not among the usual tests: it counts seconds between checks, which a machine busy with something else cannot hold.</summary>
    [Fact]
    [Trait("Suite", "chaos")]
    public Task Every_process_is_restarted_once_and_nobody_notices() => RestartAsync(TimeSpan.Zero);

    /// <summary>The long form: again and again for ten minutes, or as many as <c>CHAOS_MINUTES</c> says.</summary>
    [Fact]
    [Trait("Suite", "chaos")]
    public Task Processes_are_restarted_for_minutes_and_nobody_notices() =>
        RestartAsync(TimeSpan.FromMinutes(double.Parse(Environment.GetEnvironmentVariable("CHAOS_MINUTES") ?? "10", CultureInfo.InvariantCulture)));

    private async Task RestartAsync(TimeSpan atLeast)
    {
        await using var servers = await TestServers.StartAsync(durable: true);
        await using var database = await TestDatabase.CreateAsync(servers);
        await using var fleet = new Fleet(database);
        try
        {
            await fleet.StartAsync();
            await RestartAsync(fleet, database, atLeast);
        }
        catch
        {
            output.WriteLine(fleet.Logs);
            throw;
        }
    }

    private async Task RestartAsync(Fleet fleet, TestDatabase database, TimeSpan atLeast)
    {
        await using var site = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync("ok"));
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        await using var rows = NpgsqlDataSource.Create(database.ConnectionString);
        await WatchAsync(rows, site.Url);
        await Eventually.SeeAsync(() => CountAsync(rows, "SELECT count(DISTINCT site_id) FROM site_checks"), seen => seen == Sites, seconds: 240);

        using var enough = new CancellationTokenSource();
        using var readers = new Visitors(fleet.AddressesOf("web"), "login");
        using var callers = new Visitors(fleet.AddressesOf("api"), "openapi/v1.json");
        var load = PostAsync(client, enough.Token);
        Task[] visits = [readers.VisitAsync(enough.Token), callers.VisitAsync(enough.Token)];
        var began = Stopwatch.StartNew();
        do
        {
            foreach (var name in fleet.Names)
            {
                var (exitCode, stopped) = await fleet.RestartAsync(name);
                output.WriteLine($"{name} stopped with {exitCode} after {stopped.TotalSeconds:0.0} s");
                Assert.Equal(0, exitCode);
            }
        }
        while (began.Elapsed < atLeast);

        await enough.CancelAsync();
        await Task.WhenAll(visits);
        await CheckAsync(rows, await load, readers, callers);
    }

    private async Task CheckAsync(NpgsqlDataSource rows, IReadOnlyCollection<Guid> posted, Visitors readers, Visitors callers)
    {
        await Eventually.SeeAsync(() => CountAsync(rows, "SELECT count(*) FROM runs WHERE finished_at IS NULL"), left => left == 0, seconds: 240);
        var succeeded = await CountAsync(rows, "SELECT count(*) FROM runs WHERE id = ANY($1) AND state = 'succeeded'", posted.ToArray());
        var lost = await CountAsync(rows, "SELECT count(*) FROM run_attempts WHERE run_id = ANY($1) AND reason LIKE '%lost%'", posted.ToArray());
        var checks = await CountAsync(rows, "SELECT count(*) FROM site_checks");
        var gap = await LongestGapAsync(rows);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{posted.Count} runs posted, {succeeded} succeeded, {lost} attempts lost; {checks} checks, longest gap {gap:0.00} s of {SecondsBetweenChecks} s"));
        output.WriteLine($"pages: {readers.Answered} answered, {readers.Retried} after a retry; Api: {callers.Answered}, {callers.Retried}");

        Assert.Equal(posted.Count, succeeded);
        Assert.Equal(0, lost);
        Assert.Empty(readers.Failed);
        Assert.Empty(callers.Failed);
        Assert.True(gap < 2 * SecondsBetweenChecks, $"A site was not checked for {gap} s.");
    }

    /// <summary>Posts each second's part until it is told that it is enough.</summary>
    private static async Task<IReadOnlyCollection<Guid>> PostAsync(EngineHost client, CancellationToken enough)
    {
        RunInput[] part = [.. Enumerable.Range(0, RunsPerSecond).Select(_ => new RunInput { Kind = "hello" })];
        List<Guid> posted = [];
        var began = Stopwatch.StartNew();
        for (var second = 1; !enough.IsCancellationRequested; second++)
        {
            posted.AddRange((await client.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync(part, CancellationToken.None))).Value!);
            var early = TimeSpan.FromSeconds(second) - began.Elapsed;
            if (early > TimeSpan.Zero)
            {
                await Task.Delay(early, enough).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return posted;
    }

    private static async Task WatchAsync(NpgsqlDataSource rows, Uri url)
    {
        await ExecuteAsync(rows, $$"""
            INSERT INTO sites (id, key, name, "group", tags, description, enabled, spec, interval, failure_threshold, recovery_threshold, created_at, updated_at)
            SELECT gen_random_uuid(), 'site-' || n, 'Site ' || n, '', '{}', '', true, jsonb_build_object('target', '{{url}}' || n, 'timeout', '00:00:02'), interval '{{SecondsBetweenChecks}} seconds', 2, 2, now(), now()
            FROM generate_series(1, {{Sites}}) n
            """);
        await ExecuteAsync(rows, $"""
            INSERT INTO site_states (site_id, verdict, since, next_check_at, row_count, answers, stale_at, slowed)
            SELECT id, 'pending', now(), now() + random() * interval '{SecondsBetweenChecks} seconds', 0, 0, now() + interval '15 seconds', false FROM sites
            """);
    }

    /// <summary>Seconds, of any site, between one check and the next.</summary>
    private static async Task<double> LongestGapAsync(NpgsqlDataSource rows)
    {
        await using var command = rows.CreateCommand("SELECT extract(epoch FROM max(gap))::float8 FROM (SELECT checked_at - lag(checked_at) OVER (PARTITION BY site_id ORDER BY checked_at) AS gap FROM site_checks) AS gaps");
        return (double)(await command.ExecuteScalarAsync())!;
    }

    private static async Task<long> CountAsync(NpgsqlDataSource rows, string sql, params object[] parameters)
    {
        await using var command = rows.CreateCommand(sql);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new() { Value = parameter });
        }

        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static async Task ExecuteAsync(NpgsqlDataSource rows, string sql)
    {
        await using var command = rows.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
