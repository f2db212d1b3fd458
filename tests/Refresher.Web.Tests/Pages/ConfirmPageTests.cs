using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Schedules;
using Refresher.Ui;

namespace Refresher.Web.Tests.Pages;

public sealed class ConfirmPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Without_scripts_a_page_asks_before_something_is_deleted()
    {
        var schedule = await MakeAsync("Asked about");
        using var browser = await web.OpenAsAdminAsync();
        var delete = $"/schedules/{schedule.Id}/delete";
        Assert.Contains(WebUtility.HtmlEncode(Asking.First(delete, "Delete this schedule? Its runs stay in the history.")), await browser.ReadAsync($"/schedules/{schedule.Id}"), StringComparison.Ordinal);

        using var asked = await browser.SendAsync($"/schedules/{schedule.Id}", Asking.First(delete, "Really & truly?"), ("_handler", Asking.Handler), ("return", "/schedules"), ("id", "1"), ("id", "2"));
        var html = await asked.Content.ReadAsStringAsync();

        Assert.Equal(HttpStatusCode.OK, asked.StatusCode);
        Assert.Contains("Really &amp; truly?", html, StringComparison.Ordinal);
        Assert.Contains($"action=\"{delete}\"", html, StringComparison.Ordinal);
        Assert.Contains("name=\"id\" value=\"1\"", html, StringComparison.Ordinal);
        Assert.Contains("name=\"id\" value=\"2\"", html, StringComparison.Ordinal);
        Assert.Contains("<a class=\"btn\" href=\"/schedules\">", html, StringComparison.Ordinal);
        Assert.NotNull(await FindAsync(schedule.Id));
    }

    [Fact]
    public async Task A_viewer_is_asked_too_and_may_no_more_for_having_been_asked()
    {
        var schedule = await MakeAsync("Not a viewer's");
        await web.AddUserAsync("asked", Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync("asked", WebUnderTest.Password);
        var delete = $"/schedules/{schedule.Id}/delete";

        using var asked = await browser.SendAsync("/account", Asking.First("/account/sessions/end-others", "End them?"), ("_handler", Asking.Handler), ("return", "/account"));
        using var deleted = await browser.SendAsync("/account", delete);

        Assert.Contains("action=\"/account/sessions/end-others\"", await asked.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.StartsWith("/forbidden", deleted.Headers.Location is { IsAbsoluteUri: true } address ? address.PathAndQuery : deleted.Headers.Location?.ToString(), StringComparison.Ordinal);
        Assert.NotNull(await FindAsync(schedule.Id));
    }

    [Fact]
    public async Task The_page_that_asks_leads_to_no_other_site_and_nobody_else_can_ask()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var led = await browser.SendAsync("/schedules", Asking.First("https://evil.example/", "?"), ("_handler", Asking.Handler), ("return", "//evil.example/"));
        using var forged = await browser.SendWithAsync(Asking.First("/system/pause", "A gift?"), null, ("_handler", Asking.Handler));
        using var opened = await browser.GetAsync(Asking.First("/system/pause", "A gift?"));

        var html = await led.Content.ReadAsStringAsync();
        Assert.Contains("action=\"/\"", html, StringComparison.Ordinal);
        Assert.Contains("<a class=\"btn\" href=\"/\">", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, opened.StatusCode);
        Assert.DoesNotContain("A gift?", await opened.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private Task<Schedule> MakeAsync(string name) =>
        web.ScheduleAsync($$$"""{"name":"{{{name}}}","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");

    private Task<Schedule?> FindAsync(Guid id) => web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync(id, CancellationToken.None));
}
