namespace Refresher.Web.Tests.Pages;

public sealed class AuditPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task An_act_is_shown_with_who_did_it_and_what_changed()
    {
        var schedule = await web.ScheduleAsync("""{"name":"Watched <b>","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();
        using var answer = await browser.SendAsync("/schedules", $"/schedules/{schedule.Id}/pause", ("return", "/audit"));

        var html = await browser.ReadAsync($"/audit?subject={schedule.Key}&action=schedule.pause&actor=admin&since=1h");

        Assert.Contains("<code>schedule.pause</code>", html, StringComparison.Ordinal);
        Assert.Contains("<del>true</del>", html, StringComparison.Ordinal);
        Assert.Contains("<ins>false</ins>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("schedule.create</code>", html, StringComparison.Ordinal);
        Assert.Contains("Watched &lt;b&gt;", await browser.ReadAsync("/audit?action=schedule.create"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_filter_that_finds_nothing_says_what_to_do()
    {
        using var browser = await web.OpenAsAdminAsync();

        Assert.Contains("Show all", await browser.ReadAsync("/audit?actor=nobody&after=nonsense"), StringComparison.Ordinal);
    }
}
