using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Pages;

/// <summary>What follows what, on the pages of schedules and runs.</summary>
public sealed class ChainPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_schedule_shows_what_follows_it_and_what_it_follows()
    {
        var report = await MakeAsync("report-1", "");
        var import = await MakeAsync("import-1", ""","continueWith":[{"on":"success","schedule":"report-1"},{"on":"failure","schedule":"report-1"}],"concurrencyKey":"db:1","overlap":"queueOne","retry":{"maxAttempts":3,"onlyOn":["IOException"]}""");
        using var browser = await web.OpenAsAdminAsync();

        var first = await browser.ReadAsync($"/schedules/{import.Id}");
        var second = await browser.ReadAsync($"/schedules/{report.Id}");

        Site.AssertClean("schedule", first);
        Assert.Contains($"<a href=\"/schedules/{report.Id}\">report-1</a>", first, StringComparison.Ordinal);
        Assert.Contains("after failure", first, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/limits#limit-key-db%3A1\">db:1</a>", first, StringComparison.Ordinal);
        Assert.Contains("let one wait", first, StringComparison.Ordinal);
        Assert.Contains("3, only for IOException", first, StringComparison.Ordinal);
        Assert.Contains($"<a href=\"/schedules/{import.Id}\">import-1</a>", second, StringComparison.Ordinal);
        Assert.Contains("after success of it", second, StringComparison.Ordinal);
        Assert.Contains("skip the new one (default)", second, StringComparison.Ordinal);

        await web.UseAsync(services => services.GetRequiredService<ScheduleCommands>().DeleteAsync([report.Id], default));
        Assert.Contains("report-1, which is not there any more", await browser.ReadAsync($"/schedules/{import.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_page_of_a_run_shows_what_will_follow_then_what_does_and_the_way_back()
    {
        await MakeAsync("report-2", "");
        var import = await MakeAsync("import-2", ""","continueWith":[{"on":"always","schedule":"report-2"}]""");
        using var browser = await web.OpenAsAdminAsync();
        using var started = await browser.SendAsync("/schedules", $"/schedules/{import.Id}/run");
        var path = started.Headers.Location!.OriginalString;
        Assert.Contains("will follow", await browser.ReadAsync(path), StringComparison.Ordinal);

        using var cancelled = await browser.SendAsync(path, path + "/cancel", ("return", path));

        var follower = await FollowerAsync(path, RunTrigger.Chain);
        var html = await browser.ReadAsync(path);
        Site.AssertClean("run", html);
        Assert.DoesNotContain("will follow", html, StringComparison.Ordinal);
        Assert.Contains($"href=\"/runs/{follower.Id}\">report-2</a>", html, StringComparison.Ordinal);
        Assert.Contains($"data-live=\"run:{follower.Id:N}\"", html, StringComparison.Ordinal);
        var back = await browser.ReadAsync($"/runs/{follower.Id}");
        Assert.Contains($"href=\"{path}\">import-2</a>", back, StringComparison.Ordinal);
        Assert.Contains("<span class=\"text-secondary\">follows</span>", back, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_was_repeated_and_its_repetition_show_each_other()
    {
        var schedule = await MakeAsync("repeated", "");
        using var browser = await web.OpenAsAdminAsync();
        using var started = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/run");
        var path = started.Headers.Location!.OriginalString;
        using var cancelled = await browser.SendAsync(path, path + "/cancel", ("return", path));

        using var again = await browser.SendAsync(path, path + "/retry", ("return", path));

        var second = again.Headers.Location!.OriginalString;
        Assert.Contains($"href=\"{second}\">repeated</a>", await browser.ReadAsync(path), StringComparison.Ordinal);
        Assert.Contains("repeated by", await browser.ReadAsync(path), StringComparison.Ordinal);
        Assert.Contains("<span class=\"text-secondary\">repeats</span>", await browser.ReadAsync(second), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_waits_for_the_one_before_leads_to_it()
    {
        var schedule = await MakeAsync("overlapping", "");
        var before = (await web.UseAsync(services => services.GetRequiredService<ScheduleCommands>().RunNowAsync(schedule.Id, null, default))).Value!;
        var run = (await web.UseAsync(services => services.GetRequiredService<ScheduleCommands>().RunNowAsync(schedule.Id, null, default))).Value!;
        await web.UseAsync(services => services.GetRequiredService<RefresherDb>().Database.ExecuteSqlAsync($"UPDATE runs SET waiting_for = 'overlap', held_since = due_at WHERE id = {run.Id}"));
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync($"/runs/{run.Id}");

        Assert.Contains($"href=\"/runs/{before.Id}\">the run before it to end</a>", html, StringComparison.Ordinal);
        Assert.Contains("Waits for the run before it to end", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_shows_its_keys_and_what_of_its_time_was_blocked()
    {
        var ids = await web.UseAsync(services => services.GetRequiredService<RunCommands>().CreateAsync(
            [JsonSerializer.Deserialize<RunInput>("""{"kind":"hello","uniqueKey":"order <7>","concurrencyKey":"shop"}""", ScheduleInput.Json)!], default));
        var id = ids.Value![0];
        await web.UseAsync(services => services.GetRequiredService<RefresherDb>().Database.ExecuteSqlAsync(
            $"UPDATE runs SET state = 'running', blocked = 12, started_at = due_at + interval '15 seconds', worker = 'w' WHERE id = {id}"));
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync($"/runs/{id}");

        Assert.Contains("order &lt;7&gt;", html, StringComparison.Ordinal);
        Assert.Contains("<a href=\"/limits#limit-key-shop\">shop</a>", html, StringComparison.Ordinal);
        Assert.Contains("12 s, by a limit, a pause or the run before it", html, StringComparison.Ordinal);
    }

    private Task<Schedule> MakeAsync(string key, string more) =>
        web.ScheduleAsync($$"""{"key":"{{key}}","name":"{{key}}","kind":"hello","cadence":{"type":"every","every":"01:00:00"}{{more}}}""");

    private Task<Run> FollowerAsync(string path, RunTrigger trigger) => web.UseAsync(services =>
    {
        var id = Guid.Parse(path.Split('/')[^1]);
        return services.GetRequiredService<RefresherDb>().Runs.AsNoTracking().SingleAsync(run => run.ParentId == id && run.Trigger == trigger);
    });
}
