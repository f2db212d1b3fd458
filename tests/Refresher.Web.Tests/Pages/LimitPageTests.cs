using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Limits;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Pages;

public sealed class LimitPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Form = "/limits/set";

    [Fact]
    public async Task A_limit_is_set_shown_changed_and_deleted_and_the_audit_says_who_did()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var set = await browser.SendAsync(Form, Form, ("_handler", "limit"), ("scope", "queue"), ("name", "mail"), ("concurrency", "3"), ("rate", "100"), ("per", "00:01:00"));

        Assert.Equal("/limits", set.Headers.Location!.AbsolutePath);
        var html = await browser.ReadAsync("/limits");
        Site.AssertClean("/limits", html);
        Assert.Contains("The limit of queue mail is set.", html, StringComparison.Ordinal);
        Assert.Contains("id=\"limit-queue-mail\"", html, StringComparison.Ordinal);
        Assert.Contains("0 of 3", html, StringComparison.Ordinal);
        Assert.Contains("100 in 1 min", html, StringComparison.Ordinal);

        const string change = "/limits/set?scope=queue&name=mail";
        Assert.Contains("value=\"100\"", await browser.ReadAsync(change), StringComparison.Ordinal);
        using var changed = await browser.SendAsync(change, change, ("_handler", "limit"), ("scope", "queue"), ("name", "mail"), ("concurrency", "4"), ("rate", ""), ("per", ""));
        Assert.Contains("0 of 4", await browser.ReadAsync("/limits"), StringComparison.Ordinal);

        using var deleted = await browser.SendAsync("/limits", "/limits/delete?scope=queue&name=mail", ("return", "/limits"));
        html = await browser.ReadAsync("/limits");
        Assert.Contains("The limit of queue mail is deleted", html, StringComparison.Ordinal);
        Assert.DoesNotContain("limit-queue-mail", html, StringComparison.Ordinal);
        using var again = await browser.SendAsync("/limits", "/limits/delete?scope=queue&name=mail", ("return", "/limits"));
        Assert.Contains("It does not exist any more.", await browser.ReadAsync("/limits"), StringComparison.Ordinal);
        Assert.Contains("limit.delete", await browser.ReadAsync("/audit"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scope", "galaxy", "one of kind, queue, key")]
    [InlineData("name", "no-such-kind", "there is no kind 'no-such-kind'")]
    [InlineData("name", "", "there is no kind ''")]
    [InlineData("concurrency", "0", "1 to 100000")]
    [InlineData("concurrency", "many", "a number")]
    [InlineData("rate", "20000", "1 to 10000")]
    [InlineData("rate", "1.5", "a number")]
    [InlineData("per", "soon", "a duration")]
    [InlineData("per", "2.00:00:00", "00:00:01 to 1.00:00:00")]
    [InlineData("per", "", "rate and per belong together")]
    public async Task What_is_wrong_with_a_limit_is_said_at_its_field_and_what_was_typed_stays(string field, string value, string message)
    {
        using var browser = await web.OpenAsAdminAsync();
        var fields = new Dictionary<string, string> { ["_handler"] = "limit", ["scope"] = "kind", ["name"] = "hello", ["concurrency"] = "77", ["rate"] = "5", ["per"] = "00:00:09", [field] = value };

        using var answer = await browser.SendAsync(Form, Form, [.. fields.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var said = html[html.IndexOf($"data-field=\"{field}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains(field == "concurrency" ? "value=\"00:00:09\"" : "value=\"77\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_of_nothing_is_refused()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(Form, Form, ("_handler", "limit"), ("scope", "key"), ("name", "db"));

        Assert.Contains("it or a rate is needed", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_concurrency_key_in_use_is_offered_a_limit_and_what_waits_is_counted_apart_and_told()
    {
        var schedule = await web.ScheduleAsync("""{"name":"Keyed","kind":"hello","concurrencyKey":"db/main:1","cadence":{"type":"every","every":"01:00:00"}}""");
        var runs = new List<Guid>();
        foreach (var _ in (int[])[1, 2, 3])
        {
            runs.Add((await web.UseAsync(services => services.GetRequiredService<ScheduleCommands>().RunNowAsync(schedule.Id, null, default))).Value!.Id);
        }

        using var browser = await web.OpenAsAdminAsync();
        var limits = await browser.ReadAsync("/limits");
        Assert.Contains("id=\"limit-key-db/main:1\"", limits, StringComparison.Ordinal);
        Assert.Contains("1 of 1", limits, StringComparison.Ordinal);
        Assert.Contains("href=\"/limits/set?scope=key&amp;name=db%2Fmain%3A1\"", limits, StringComparison.Ordinal);
        Assert.Contains("Set a limit for db/main:1", limits, StringComparison.Ordinal);

        var page = await browser.ReadAsync($"/runs/{runs[1]}");
        Site.AssertClean("run", page);
        Assert.Contains("It waits for", page, StringComparison.Ordinal);
        Assert.Contains("href=\"/limits#limit-key-db%2Fmain%3A1\">a slot of key db/main:1</a>", page, StringComparison.Ordinal);
        Assert.Contains("Waits for a slot of key db/main:1", page, StringComparison.Ordinal);
        Assert.DoesNotContain("It waits for", await browser.ReadAsync($"/runs/{runs[0]}"), StringComparison.Ordinal);
        Assert.Contains("title=\"It waits for a slot of key db/main:1\"", await browser.ReadAsync("/runs?state=queued"), StringComparison.Ordinal);
        Assert.Contains("2 of them held back", await browser.ReadAsync("/"), StringComparison.Ordinal);
        Assert.Contains("1 may be taken, <a class=\"within\" href=\"/limits\">2 held back</a>", await browser.ReadAsync("/queues"), StringComparison.Ordinal);
        var workers = await browser.ReadAsync("/workers");
        Assert.Contains("1 run may be taken", workers, StringComparison.Ordinal);
        Assert.Contains("2 runs waiting for a", workers, StringComparison.Ordinal);

        const string form = "/limits/set?scope=key&name=db%2Fmain%3A1";
        using var set = await browser.SendAsync(form, form, ("_handler", "limit"), ("scope", "key"), ("name", "db/main:1"), ("concurrency", "2"));
        var use = Assert.Single(await web.UseAsync(services => services.GetRequiredService<LimitQueries>().ListAsync(default)), limit => limit.Name == "db/main:1");
        Assert.Equal((2, false), (use.Concurrency, use.IsDefault));
    }

    [Fact]
    public async Task A_viewer_sees_limits_and_changes_none()
    {
        await web.AddUserAsync("limits-viewer", Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync("limits-viewer", WebUnderTest.Password);

        await browser.ReadAsync("/limits");
        using var form = await browser.GetAsync(Form);
        using var deleted = await browser.SendAsync("/limits", "/limits/delete?scope=key&name=x", ("return", "/limits"));

        Assert.StartsWith("/forbidden", form.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.StartsWith("/forbidden", deleted.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }
}
