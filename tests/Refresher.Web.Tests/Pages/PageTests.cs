using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Pages;

public sealed partial class PageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    [Fact]
    public async Task Every_page_shows_what_there_is()
    {
        using var browser = await web.OpenAsAdminAsync();
        var (schedule, run) = await FillAsync();

        foreach (var path in Site.Paths.Append($"/schedules/{schedule.Id}").Append($"/schedules/{schedule.Id}/edit").Append($"/schedules/{schedule.Id}/occurrences").Append($"/schedules/{schedule.Id}/occurrences?show=coming").Append($"/schedules/{schedule.Id}/backfill").Append($"/runs/{run.Id}").Append($"/runs/{run.Id}/log?after=-1"))
        {
            Site.AssertClean(path, await browser.ReadAsync(path));
        }
    }

    [Fact]
    public async Task A_search_takes_the_signs_of_patterns_for_what_they_are()
    {
        await web.ScheduleAsync("""{"name":"Copies 100%_of it","kind":"hello","enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        await web.ScheduleAsync("""{"name":"Copies 100 files of it","kind":"hello","enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync("/schedules?search=100%25_of");

        Assert.Contains("Copies 100%_of it", html, StringComparison.Ordinal);
        Assert.DoesNotContain("100 files", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_lead_to_one_place_each()
    {
        using var browser = await web.OpenAsAdminAsync();

        var keys = Regex.Matches(await browser.ReadAsync("/"), "data-keys=\"(g [^\"]+)\"").Select(found => found.Groups[1].Value).ToArray();

        Assert.True(keys.Length > 10);
        Assert.Equal(keys.Distinct(), keys);
    }

    [Theory]
    [InlineData("/no-such-page")]
    [InlineData("/runs/0197a1b2-0000-7000-8000-000000000000")]
    [InlineData("/schedules/0197a1b2-0000-7000-8000-000000000000")]
    [InlineData("/schedules/0197a1b2-0000-7000-8000-000000000000/edit")]
    public async Task What_is_not_there_is_said_so(string path)
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.GetAsync(path);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("There is nothing here", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hostile_names_options_and_log_lines_are_shown_as_text()
    {
        using var browser = await web.OpenAsAdminAsync();
        var (schedule, run) = await FillAsync();

        foreach (var path in new[] { "/", "/schedules", $"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/edit", "/runs", $"/runs/{run.Id}" })
        {
            var html = await browser.ReadAsync(path);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await browser.ReadAsync($"/runs/{run.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_forbids_what_is_not_ours()
    {
        using var browser = web.Open();
        foreach (var path in new[] { "/login", "/no-such-page", "/", "/lib/htmx.js" })
        {
            using var answer = await browser.GetAsync(path);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.Contains("script-src 'self';", policy, StringComparison.Ordinal);
            Assert.Contains("frame-ancestors 'none'", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
        }
    }

    [Fact]
    public async Task The_first_page_weighs_at_most_250_kB()
    {
        using var browser = web.Open();
        var html = await browser.ReadAsync("/login");
        Assert.NotEmpty(Asset().Matches(html));
        browser.Http.DefaultRequestHeaders.Add("Accept-Encoding", "gzip");

        var total = html.Length;
        foreach (var path in Asset().Matches(html).Select(match => match.Groups[1].Value).Distinct().Concat(["/js/live.js", "/js/live-stream.js", "/js/times.js", "/js/keys.js", "/js/confirm.js", "/js/pages.js", "/lib/icons.svg"]))
        {
            using var answer = await browser.GetAsync(path);
            Assert.True(answer.IsSuccessStatusCode, path);
            total += (await answer.Content.ReadAsByteArrayAsync()).Length;
        }

        Assert.InRange(total, 100_000, 250_000);
    }

    private async Task<(Schedule Schedule, Run Run)> FillAsync()
    {
        var name = System.Text.Json.JsonSerializer.Serialize(Hostile);
        var schedule = await web.ScheduleAsync($$$"""{"name":{{{name}}},"description":{{{name}}},"owner":{{{name}}},"tags":["<b>"],"kind":"hello","options":{"name":{{{name}}}},"cadence":{"type":"every","every":"00:05:00"}}""");
        return await web.UseAsync(async services =>
        {
            var started = await services.GetRequiredService<ScheduleCommands>().RunNowAsync(schedule.Id, null, CancellationToken.None);
            var db = services.GetRequiredService<Core.RefresherDb>();
            db.Add(new RunLogLine { RunId = started.Value!.Id, Seq = 1, At = started.Value.DueAt, Attempt = 1, Level = Microsoft.Extensions.Logging.LogLevel.Warning, Message = Hostile });
            await db.SaveChangesAsync();
            return (schedule, started.Value);
        });
    }

    [GeneratedRegex("(?:src|href)=\"(/(?:lib|css|js)/[^\"#]+|/favicon[^\"]+)\"")]
    private static partial Regex Asset();
}
