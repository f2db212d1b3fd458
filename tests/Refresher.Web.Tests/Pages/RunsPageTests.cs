using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Refresher.Web.Forms;

namespace Refresher.Web.Tests.Pages;

public sealed class RunsPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task Filters_stay_in_the_form_the_links_and_the_file()
    {
        using var browser = await web.OpenAsAdminAsync();
        var schedule = await web.ScheduleAsync("""{"key":"found","name":"Found","kind":"hello","enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        using var started = await browser.SendAsync($"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/run");

        var html = await browser.ReadAsync("/runs?state=queued,failed&schedule=found&text=foun");

        Assert.Contains(started.Headers.Location!.ToString(), html, StringComparison.Ordinal);
        Assert.Contains("value=\"found\"", html, StringComparison.Ordinal);
        Assert.Contains("/runs/export?state=queued,failed&amp;schedule=found&amp;text=foun&amp;format=csv", WebUtility.UrlDecode(html), StringComparison.Ordinal);
        Assert.Contains("/runs?state=queued&amp;schedule=found&amp;text=foun", html, StringComparison.Ordinal);
        Assert.Contains("last 7 days", html, StringComparison.Ordinal);
        Assert.Contains("No run is like that", await browser.ReadAsync("/runs?state=failed&schedule=found"), StringComparison.Ordinal);
        Assert.Contains("found", await browser.ReadAsync("/runs/export?format=json&schedule=found"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_read_is_named_on_the_page_and_refused_for_a_file()
    {
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync("/runs?late=soon&state=done");
        using var file = await browser.GetAsync("/runs/export?late=soon");

        Assert.Contains("a number of seconds is needed", html, StringComparison.Ordinal);
        Assert.Contains("There is no state", html, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.BadRequest, file.StatusCode);
    }

    [Fact]
    public void Dates_are_read_on_the_clocks_of_the_chosen_zone()
    {
        var query = new QueryCollection(QueryHelpers.ParseQuery("?from=2026-07-01T08:00&to=2026-12-01T08:00&zone=Europe/Berlin"));

        var filter = RunFilterForm.From(query).ToFilter(DateTimeOffset.UnixEpoch);

        Assert.Equal(new DateTimeOffset(2026, 7, 1, 6, 0, 0, TimeSpan.Zero), filter.From);
        Assert.Equal(new DateTimeOffset(2026, 12, 1, 7, 0, 0, TimeSpan.Zero), filter.To);
    }

    [Fact]
    public async Task A_schedules_page_draws_its_history_and_says_how_long_runs_are_kept()
    {
        using var browser = await web.OpenAsAdminAsync();
        var schedule = await web.ScheduleAsync(
            """{"key":"drawn","name":"Drawn","kind":"hello","enabled":false,"retention":{"succeeded":"3.00:00:00"},"cadence":{"type":"every","every":"01:00:00"}}""");
        Assert.Contains("No runs in this time", await browser.ReadAsync($"/schedules/{schedule.Id}"), StringComparison.Ordinal);
        using var started = await browser.SendAsync($"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/run");

        foreach (var range in (string[])["24h", "7d", "30d", "90d", "nonsense"])
        {
            var html = await browser.ReadAsync($"/schedules/{schedule.Id}?range={range}");
            Assert.Contains("1 not ended", html, StringComparison.Ordinal);
            Assert.Contains("3 d, others 90 d", html, StringComparison.Ordinal);
            Site.AssertClean(range, html);
        }

        Assert.Contains("value=\"3.00:00:00\"", await browser.ReadAsync($"/schedules/{schedule.Id}/edit"), StringComparison.Ordinal);
    }
}
