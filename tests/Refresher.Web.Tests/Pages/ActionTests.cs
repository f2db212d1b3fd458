using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Pages;

public sealed class ActionTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Pausing_comes_back_to_the_page_and_says_so_once()
    {
        var schedule = await MakeAsync("To be paused");
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/pause", ("return", "/schedules?search=paused"));

        Assert.Equal("/schedules?search=paused", answer.Headers.Location!.OriginalString);
        Assert.False((await FindAsync(schedule.Id))!.Enabled);
        Assert.Contains("To be paused is paused.", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
        Assert.DoesNotContain("To be paused is paused.", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_action_never_leads_to_another_site()
    {
        var schedule = await MakeAsync("Led astray");
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/pause", ("return", "//evil.example/"));

        Assert.Equal("/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Run_now_leads_to_the_run_and_cancel_ends_it()
    {
        var schedule = await MakeAsync("Run by hand");
        using var browser = await web.OpenAsAdminAsync();

        using var started = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/run");
        var run = started.Headers.Location!.OriginalString;
        using var cancelled = await browser.SendAsync(run, run + "/cancel", ("return", run));

        Assert.Equal(run, cancelled.Headers.Location!.OriginalString);
        var html = await browser.ReadAsync(run);
        Assert.Contains("cancelled by admin", html, StringComparison.Ordinal);
        Assert.Contains("The run is cancelled.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ticked_schedules_are_paused_and_deleted_together()
    {
        var schedules = new[] { await MakeAsync("Bulk one"), await MakeAsync("Bulk two") };
        using var browser = await web.OpenAsAdminAsync();

        using var paused = await browser.SendAsync("/schedules", "/schedules/bulk", ("do", "pause"), ("id", $"{schedules[0].Id}"), ("id", $"{schedules[1].Id}"), ("return", "/schedules"));
        Assert.Equal(HttpStatusCode.Redirect, paused.StatusCode);
        Assert.All(schedules, schedule => Assert.False(FindAsync(schedule.Id).GetAwaiter().GetResult()!.Enabled));
        using var deleted = await browser.SendAsync("/schedules", "/schedules/bulk", ("do", "delete"), ("id", $"{schedules[0].Id}"), ("id", $"{schedules[1].Id}"), ("return", "/schedules"));

        Assert.Contains("Deleted: 2.", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
        Assert.Null(await FindAsync(schedules[0].Id));
    }

    [Fact]
    public async Task Examples_are_removed_by_one_button()
    {
        var example = await web.ScheduleAsync("""{"name":"An example","kind":"hello","tags":["example"],"cadence":{"type":"every","every":"01:00:00"}}""");
        var other = await MakeAsync("No example");
        using var browser = await web.OpenAsAdminAsync();
        Assert.Contains("Remove examples", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);

        using var answer = await browser.SendAsync("/schedules", "/schedules/examples/remove", ("return", "/schedules"));

        Assert.Null(await FindAsync(example.Id));
        Assert.NotNull(await FindAsync(other.Id));
        Assert.DoesNotContain("Remove examples", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pause")]
    [InlineData("run")]
    [InlineData("delete")]
    public async Task An_action_without_its_token_is_refused(string action)
    {
        var schedule = await MakeAsync("Forged " + action);
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendWithAsync($"/schedules/{schedule.Id}/{action}", null);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.True((await FindAsync(schedule.Id))!.Enabled);
        Assert.Empty(await web.UseAsync(services => services.GetRequiredService<RunQueries>().ListAsync(new RunFilter { ScheduleId = schedule.Id, Trigger = RunTrigger.Manual }, null, 10, CancellationToken.None)) is { Items: var runs } ? runs : []);
    }

    [Fact]
    public async Task A_live_part_that_looks_again_leaves_the_message_to_the_person()
    {
        var schedule = await MakeAsync("Pressed while live");
        using var browser = await web.OpenAsAdminAsync();
        using var answer = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/pause", ("return", "/schedules"));
        using var look = new HttpRequestMessage(HttpMethod.Get, "/schedules");
        look.Headers.Add("HX-Request", "true");
        look.Headers.Add("HX-Trigger", "live");

        using var seen = await browser.Http.SendAsync(look);

        Assert.DoesNotContain("Pressed while live is paused.", await seen.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("Pressed while live is paused.", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_part_asked_for_by_htmx_comes_without_what_surrounds_it()
    {
        using var browser = await web.OpenAsAdminAsync();
        browser.Http.DefaultRequestHeaders.Add("HX-Request", "true");

        var html = await browser.ReadAsync("/schedules");

        Assert.Contains("id=\"live\"", html, StringComparison.Ordinal);
        Assert.Contains("id=\"flash\"", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<html", html, StringComparison.Ordinal);
        Assert.DoesNotContain("sidebar", html, StringComparison.Ordinal);
    }

    private Task<Schedule> MakeAsync(string name) =>
        web.ScheduleAsync($$$"""{"name":"{{{name}}}","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");

    private Task<Schedule?> FindAsync(Guid id) => web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync(id, CancellationToken.None));
}
