using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Checking;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

/// <summary>The checks whole: a worker, PostgreSQL, Redis and a server that is driven up and down.</summary>
public sealed class SiteChecksTests : IAsyncLifetime
{
    private SiteEngine _engine = null!;

    public async Task InitializeAsync() => _engine = await SiteEngine.StartAsync();

    public Task DisposeAsync() => _engine.DisposeAsync().AsTask();

    [Fact]
    public async Task A_site_that_fails_twice_is_down_with_an_incident_until_it_answers_twice()
    {
        var site = await _engine.SiteAsync("/shop");
        await _engine.SeeAsync(site, state => state.Verdict == Verdict.Up);

        _engine.Server.Answer("/shop", 503);
        var down = await _engine.SeeAsync(site, state => state.Verdict == Verdict.Down);
        _engine.Server.Answer("/shop", 200);
        var up = await _engine.SeeAsync(site, state => state.Verdict == Verdict.Up);

        var checks = await _engine.ChecksAsync(site);
        var failed = checks.Where(check => check.Result.Status == CheckStatus.Down).ToArray();
        var incident = Assert.Single(await IncidentsAsync(site));
        Assert.Equal((down.IncidentId, failed[0].CheckedAt, failed[1].CheckedAt), (incident.Id, incident.OpenedAt, incident.ConfirmedAt));
        Assert.Equal((CheckFault.Status, failed.Length, up.Since), (incident.Fault, incident.FailedChecks, incident.ClosedAt));
        Assert.Equal(checks.First(check => check.CheckedAt > failed[^1].CheckedAt).CheckedAt, incident.ClosedAt);
        Assert.Contains("503", incident.Reason, StringComparison.Ordinal);
        Assert.Contains("status 503", failed[0].Result.Body, StringComparison.Ordinal);

        var changes = await _engine.ChangesAsync(site);
        Assert.Equal([true, false], changes.Select(change => change.Active));
        Assert.All(changes, change => Assert.Equal((incident.Id, "site.down", incident.OpenedAt), (change.EpisodeId, change.Condition, change.Since)));
        var timeline = await _engine.Worker.WithAsync<IncidentQueries, List<IncidentUpdate>>(queries => queries.UpdatesAsync(incident.Id, default));
        Assert.Equal([IncidentUpdateKind.Opened, IncidentUpdateKind.Closed], timeline.Select(update => update.Kind));
    }

    [Fact]
    public async Task Checks_begin_at_their_instants_and_do_not_drift()
    {
        var site = await _engine.SiteAsync("/steady");

        var checks = await Eventually.SeeAsync(() => _engine.ChecksAsync(site), checks => checks.Count >= 8);

        // The first is made at once, beside the grid. A busy machine makes one late, but not those after it; how late they are is the bench's to measure.
        // The nearest instant is the one after the check where that began a fraction of a millisecond early.
        var off = checks.Skip(1).Select(check => SiteGrid.Next(site.Id, TimeSpan.FromSeconds(1), check.CheckedAt) - check.CheckedAt)
            .Select(ahead => ahead < TimeSpan.FromSeconds(0.5) ? ahead : TimeSpan.FromSeconds(1) - ahead).Order().ToArray();
        Assert.InRange(off[off.Length / 2], TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
    }

    [Fact]
    public async Task An_edit_acts_at_once_and_a_pause_ends_the_checks()
    {
        var site = await _engine.SiteAsync("/before", interval: TimeSpan.FromHours(1));
        await _engine.SeeAsync(site, state => state.LastCheckedAt is not null);
        var input = SiteInput.Of(site) with { Check = System.Text.Json.JsonSerializer.SerializeToElement(new { target = new Uri(_engine.Server.Url, "/after").ToString() }), Interval = TimeSpan.FromHours(1) };

        var edited = TimeProvider.System.GetUtcNow();
        await _engine.Worker.WithAsync<SiteCommands, Result<Site>>(commands => commands.UpdateAsync(site.Id, input, null, default));
        var asked = await Eventually.SeeAsync(() => Task.FromResult(_engine.Server.Asked), asked => asked.Any(one => one.Path == "/after"));

        Assert.InRange(asked.First(one => one.Path == "/after").At - edited, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        await _engine.Worker.WithAsync<SiteCommands, Result<Site>>(commands => commands.SetEnabledAsync(site.Id, false, default));
        var state = await _engine.StateAsync(site);
        Assert.Equal((SiteStatus.Paused, null, null), (SiteStanding.Of(state, TimeProvider.System.GetUtcNow()).Status, state.NextCheckAt, state.ClaimId));
    }

    [Fact]
    public async Task What_is_found_for_what_a_site_was_before_an_edit_does_not_count()
    {
        var site = await _engine.SiteAsync("/kept");
        await _engine.SeeAsync(site, state => state.LastCheckedAt is not null);
        await _engine.Worker.WithAsync<SiteCommands, Result<Site>>(commands => commands.SetEnabledAsync(site.Id, false, default));
        await _engine.ExecuteAsync("UPDATE site_states SET paused_at = NULL, claim_id = gen_random_uuid(), next_check_at = now() + interval '1 hour' WHERE site_id = $1", site.Id);
        var before = await _engine.ChecksAsync(site);
        var due = new DueSite(Guid.CreateVersion7(), TimeProvider.System.GetUtcNow(), site, site.Spec);

        await _engine.Get<CheckCommit>().WriteAsync([new(due, TimeProvider.System.GetUtcNow(), new CheckResult { Status = CheckStatus.Down, TotalMs = 1 })], default);

        Assert.Equal(before.Count, (await _engine.ChecksAsync(site)).Count);
    }

    [Fact]
    public async Task What_goes_down_in_a_maintenance_window_is_told_when_it_is_down_after_it()
    {
        var site = await _engine.SiteAsync("/served", tags: ["served"]);
        await _engine.SeeAsync(site, state => state.Verdict == Verdict.Up);
        var now = TimeProvider.System.GetUtcNow();
        var window = await _engine.Worker.WithAsync<MaintenanceCommands, Result<MaintenanceWindow>>(commands =>
            commands.CreateAsync(new MaintenanceInput { Title = "new disks", From = now.AddMinutes(-1), To = now.AddHours(1), Tags = ["served"] }, default));
        await Eventually.SeeAsync(() => _engine.ChecksAsync(site), checks => checks[^1].InMaintenance);

        _engine.Server.Answer("/served", 500);
        await _engine.SeeAsync(site, state => state.Verdict == Verdict.Down && state.RowCount >= 3);
        Assert.Empty(await IncidentsAsync(site));
        Assert.Empty(await _engine.ChangesAsync(site));
        var ended = TimeProvider.System.GetUtcNow();
        await _engine.Worker.WithAsync<MaintenanceCommands, Result<MaintenanceWindow>>(commands => commands.DeleteAsync(window.Value!.Id, default));
        await _engine.SeeAsync(site, state => state.IncidentId is not null);

        var incident = Assert.Single(await IncidentsAsync(site));
        Assert.True(incident.OpenedAt > ended.AddSeconds(-1), $"{incident.OpenedAt:O} {ended:O}");
        Assert.True(Assert.Single(await _engine.ChangesAsync(site)).Active);
    }

    [Fact]
    public async Task What_a_dead_worker_has_claimed_is_checked_within_seconds()
    {
        var site = await _engine.SiteAsync("/orphan", interval: TimeSpan.FromHours(1));
        await _engine.SeeAsync(site, state => state.LastCheckedAt is not null);
        var dead = Guid.NewGuid();
        await _engine.ExecuteAsync("INSERT INTO checkers (id, name, lease_until) VALUES ($1, 'dead', now() + interval '2 seconds')", dead);
        await _engine.ExecuteAsync("UPDATE site_states SET claim_id = gen_random_uuid(), claimed_by = $2 WHERE site_id = $1", site.Id, dead);
        var asked = _engine.Server.Asked.Count;

        await Eventually.SeeAsync(() => Task.FromResult(_engine.Server.Asked.Count), count => count > asked);
        await _engine.SeeAsync(site, state => state.ClaimId is null);
    }

    [Fact]
    public async Task A_pause_ends_what_is_open_and_tells_nobody()
    {
        var site = await _engine.SiteAsync("/given-up");
        _engine.Server.Answer("/given-up", 500);
        await _engine.SeeAsync(site, state => state.IncidentId is not null);

        await _engine.Worker.WithAsync<SiteCommands, Result<Site>>(commands => commands.SetEnabledAsync(site.Id, false, default));

        Assert.NotNull(Assert.Single(await IncidentsAsync(site)).ClosedAt);
        var changes = await _engine.ChangesAsync(site);
        Assert.Equal([(true, false), (false, true)], changes.Select(change => (change.Active, change.Muted)));
        Assert.Equal(changes[0].EpisodeId, changes[1].EpisodeId);
    }

    private async Task<IReadOnlyList<Incident>> IncidentsAsync(Site site) =>
        (await _engine.Worker.WithAsync<IncidentQueries, Page<Incident>>(queries => queries.ListAsync(new IncidentFilter { SiteId = site.Id }, null, 50, default))).Items;
}
