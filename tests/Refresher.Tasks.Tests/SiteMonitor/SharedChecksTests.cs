using System.Diagnostics;
using Refresher.Tasks.SiteMonitor.Checking;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Tasks.Tests.SiteMonitor;

/// <summary>Several workers, and many sites.</summary>
public sealed class SharedChecksTests(ITestOutputHelper output)
{
    [Fact]
    public async Task Two_workers_check_each_site_once_at_each_instant()
    {
        await using var engine = await SiteEngine.StartAsync(workers: 2);
        var sites = new List<Site>();
        for (var i = 0; i < 30; i++)
        {
            sites.Add(await engine.SiteAsync($"/site-{i}"));
        }

        await Eventually.SeeAsync(() => engine.ChecksAsync(sites[^1]), checks => checks.Count >= 8);

        var told = await engine.ChecksAsync();
        Assert.Equal(told.Count, told.Select(check => check.Id).Distinct().Count());
        foreach (var checks in told.GroupBy(check => check.SiteId))
        {
            // One a second, and the first one beside the grid. A busy machine is late now and then, so that two can lie close; there are no more for it.
            var instants = checks.Select(check => check.CheckedAt).Order().ToArray();
            Assert.InRange(instants.Length, 1, (instants[^1] - instants[0]).TotalSeconds + 3);
        }
    }

    [Fact]
    public async Task While_we_are_offline_a_site_is_unknown_and_nothing_is_told()
    {
        // Nobody listens there, and a name that cannot be resolved may be our own fault.
        await using var engine = await SiteEngine.StartAsync(1, ("SiteMonitor:Connectivity:Targets:0", $"127.0.0.1:{FreePort.Next()}"));
        var site = await engine.SiteAsync("http://nowhere.invalid/", failures: 1);

        var state = await engine.SeeAsync(site, state => state.LastCheckedAt is not null);

        Assert.Equal((Verdict.Pending, CheckStatus.Unknown, CheckFault.Offline), (state.Verdict, state.LastStatus, state.LastFault));
        Assert.Equal(SiteStatus.Unknown, SiteStanding.Of(state, TimeProvider.System.GetUtcNow()).Status);
        Assert.Equal((0, null), (state.RowCount, state.IncidentId));
        Assert.Empty(await engine.ChangesAsync(site));
    }

    [Fact]
    public async Task What_a_stopped_worker_has_not_begun_is_free_at_once()
    {
        await using var engine = await SiteEngine.StartAsync();
        var site = await engine.SiteAsync("/left");
        await engine.SeeAsync(site, state => state.LastCheckedAt is not null);

        await engine.Worker.StopAsync();

        Assert.Equal(0L, await engine.ScalarAsync<long>("SELECT count(*) FROM site_states WHERE claim_id IS NOT NULL"));
        Assert.Equal(0L, await engine.ScalarAsync<long>("SELECT count(*) FROM checkers"));
    }

    [Fact]
    public async Task Ten_thousand_sites_are_claimed_at_little_cost()
    {
        await using var engine = await SiteEngine.StartAsync();
        await engine.Worker.StopAsync();
        await engine.ExecuteAsync("""
            INSERT INTO sites (id, key, name, "group", tags, description, enabled, spec, interval, failure_threshold, recovery_threshold, created_at, updated_at)
            SELECT gen_random_uuid(), 'site-' || n, 'Site ' || n, '', '{}', '', true, '{"target": "http://127.0.0.1:9/"}', '30 seconds', 2, 2, now(), now() FROM generate_series(1, 10000) n
            """);
        await engine.ExecuteAsync("""
            INSERT INTO site_states (site_id, verdict, since, next_check_at, row_count, answers, stale_at, slowed)
            SELECT id, 'up', now(), now() + random() * interval '30 seconds', 0, 0, now() + interval '90 seconds', false FROM sites
            """);
        var (claims, checker, taken, took) = (engine.Get<CheckClaims>(), Guid.NewGuid(), 0, new List<TimeSpan>());
        var now = TimeProvider.System.GetUtcNow();
        for (var round = 1; round <= 150; round++)
        {
            var started = Stopwatch.GetTimestamp();
            taken += (await claims.TakeAsync(checker, now.AddSeconds(round * 0.2), 500, 1, default)).Count;
            took.Add(Stopwatch.GetElapsedTime(started));
        }

        // The middle one: a single round may have met a busy machine.
        var middle = took.Order().ElementAt(took.Count / 2);
        output.WriteLine($"{taken} sites in 150 rounds, the middle one {middle.TotalMilliseconds:0.0} ms, the slowest {took.Max().TotalMilliseconds:0.0} ms");
        Assert.InRange(taken, 9900, 10_000);
        Assert.InRange(middle, TimeSpan.Zero, TimeSpan.FromMilliseconds(500));
    }
}
