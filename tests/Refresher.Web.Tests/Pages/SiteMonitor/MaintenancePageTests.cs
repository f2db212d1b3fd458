using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>The pages of maintenance.</summary>
public sealed class MaintenancePageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Form = "/maintenance/new";

    [Fact]
    public async Task A_window_is_planned_open_on_its_sites_ended_and_deleted()
    {
        var site = await web.UseAsync(async services =>
        {
            var check = System.Text.Json.JsonSerializer.SerializeToElement(new { target = "http://127.0.0.1:9/" });
            return (await services.GetRequiredService<SiteCommands>().CreateAsync(new SiteInput { Name = "In works", Check = check }, default)).Value!;
        });
        using var browser = await web.OpenAsAdminAsync();

        // The other test may have been first.
        await web.UseAsync(services => services.GetRequiredService<RefresherDb>().Set<MaintenanceWindow>().ExecuteDeleteAsync());
        Assert.Contains("No maintenance is planned", await browser.ReadAsync("/maintenance"), StringComparison.Ordinal);
        Assert.Contains("in-works</textarea>", await browser.ReadAsync($"{Form}?site=in-works"), StringComparison.Ordinal);

        using var planned = await browser.SendAsync(Form, Form, Fields(("title", "Disk <b>swap</b>"), ("sites", "in-works"), ("from", "2020-01-01T00:00"), ("to", "2090-01-01T00:00")));

        Assert.Equal("/maintenance", planned.Headers.Location!.AbsolutePath);
        var html = await browser.ReadAsync("/maintenance");
        Site.AssertClean("/maintenance", html);
        Assert.Contains("Disk &lt;b&gt;swap&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains(">Now<", html, StringComparison.Ordinal);
        Assert.Contains("in maintenance: Disk", await browser.ReadAsync($"/sites/{site.Id}"), StringComparison.Ordinal);
        var id = Assert.Single(await WindowsAsync()).Id;

        using var ended = await browser.SendAsync("/maintenance", $"/maintenance/{id}/end", ("return", "/maintenance"));
        html = await browser.ReadAsync("/maintenance");
        Assert.Contains("is over.", html, StringComparison.Ordinal);
        Assert.Contains("Over, or switched off", html, StringComparison.Ordinal);
        using var deleted = await browser.SendAsync("/maintenance", $"/maintenance/{id}/delete", ("return", "/maintenance"));
        Assert.Empty(await WindowsAsync());
    }

    [Fact]
    public async Task A_weekly_window_keeps_its_days_through_an_edit_and_ending_it_leaves_the_next()
    {
        using var browser = await web.OpenAsAdminAsync();
        using var planned = await browser.SendAsync(Form, Form, Fields(("title", "Always"), ("type", "weekly"), ("allSites", "true"), ("at", "00:00"), ("duration", "1.00:00:00"), ("timeZone", "Europe/Berlin"),
            ("days", "mon"), ("days", "tue"), ("days", "wed"), ("days", "thu"), ("days", "fri"), ("days", "sat"), ("days", "sun")));
        Assert.Equal(HttpStatusCode.Redirect, planned.StatusCode);
        var window = Assert.Single(await WindowsAsync(), one => one.Title == "Always");

        var edit = await browser.ReadAsync($"/maintenance/{window.Id}/edit");
        Site.AssertClean("edit", edit);
        Assert.Equal(7, edit.Split("name=\"days\"").Skip(1).Count(box => box[..box.IndexOf('>', StringComparison.Ordinal)].Contains("checked", StringComparison.Ordinal)));
        Assert.Contains("value=\"Europe/Berlin\"", edit, StringComparison.Ordinal);

        using var ended = await browser.SendAsync("/maintenance", $"/maintenance/{window.Id}/end", ("return", "/maintenance"));
        var after = Assert.Single(await WindowsAsync(), one => one.Id == window.Id);
        var now = await web.UseAsync(services => Task.FromResult(services.GetRequiredService<TimeProvider>().GetUtcNow()));
        Assert.Null(MaintenanceRules.OpenAt(after, now));
        Assert.NotNull(MaintenanceRules.NextAfter(after, now));
    }

    [Theory]
    [InlineData("title", "", "title is needed")]
    [InlineData("from", "soon", "a date and time is needed")]
    [InlineData("to", "2019-01-01T00:00", "must be after from")]
    [InlineData("sites", "no-such-site", "there is no site 'no-such-site'")]
    [InlineData("timeZone", "Nowhere/Land", "Nowhere/Land")]
    public async Task What_is_wrong_with_a_window_is_said_at_its_field(string field, string value, string message)
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(Form, Form, Fields(("title", "Typed"), ("text", "Typed text"), ("tags", "a"), (field, value)));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Typed text", html, StringComparison.Ordinal);
        var said = html[html.IndexOf($"data-field=\"{field}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<MaintenanceWindow>> WindowsAsync() => (await web.UseAsync(services => services.GetRequiredService<MaintenanceQueries>().ListAsync(null, 100, default))).Items;

    private static (string Name, string Value)[] Fields(params (string Name, string Value)[] fields)
    {
        (string Name, string Value)[] defaults = [("type", "once"), ("enabled", "true"), ("timeZone", "UTC"), ("from", fields.Any(field => field is ("type", not "once")) ? "" : "2020-01-01T00:00"), ("to", fields.Any(field => field is ("type", not "once")) ? "" : "2090-01-01T00:00")];
        return [("_handler", "maintenance"), .. defaults.Where(one => fields.All(field => field.Name != one.Name)), .. Last(fields)];

        // Of a field that is given twice the later counts, but for the days.
        static IEnumerable<(string Name, string Value)> Last((string Name, string Value)[] fields) => fields.Where((field, at) => field.Name == "days" || fields.Skip(at + 1).All(other => other.Name != field.Name));
    }
}
