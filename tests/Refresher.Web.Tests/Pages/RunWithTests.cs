using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Pages;

/// <summary>Run now with other options, from the schedule's page.</summary>
public sealed class RunWithTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_run_takes_the_options_of_the_form_and_the_schedule_keeps_its_own()
    {
        var schedule = await web.ScheduleAsync("""{"key":"greet","name":"Greet","kind":"hello","options":{"name":"the world"},"enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();
        var page = $"/schedules/{schedule.Id}";
        var html = await browser.ReadAsync(page);
        Assert.Contains($"action=\"{page}/run-with\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"the world\"", html, StringComparison.Ordinal);
        Site.AssertClean(page, await browser.ReadAsync(page + "/run-with"));

        using var answer = await browser.SendAsync(page, page + "/run-with", ("_handler", "run-with"), ("options.name", "you alone"), ("options.failFirst", "0"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var run = await web.UseAsync(services => services.GetRequiredService<RunQueries>().FindAsync(Guid.Parse(answer.Headers.Location!.OriginalString.Split('/')[^1]), default));
        Assert.Equal("you alone", (string?)JsonNode.Parse(run!.Options)!["name"]);
        Assert.Equal(RunTrigger.Manual, run.Trigger);
        var after = await web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync(schedule.Id, default));
        Assert.Equal("the world", (string?)JsonNode.Parse(after!.Options)!["name"]);
    }

    [Fact]
    public async Task What_is_wrong_is_said_at_its_field_and_what_was_typed_stays()
    {
        var schedule = await web.ScheduleAsync("""{"key":"greet-wrong","name":"Greet","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();
        var page = $"/schedules/{schedule.Id}";

        using var answer = await browser.SendAsync(page, page + "/run-with", ("_handler", "run-with"), ("options.name", "typed so"), ("options.failFirst", "99"));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        Assert.Contains("It was not run. Please correct:", html, StringComparison.Ordinal);
        Assert.Contains("data-field=\"options.failFirst\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"typed so\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_not_shown_and_one_left_empty_is_the_schedules()
    {
        var schedule = await web.ScheduleAsync(
            """{"key":"veiled","name":"Veiled","kind":"http-request","options":{"url":"http://localhost/","secretHeader":"X-Key: veiled-s3cret"},"enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();
        var page = $"/schedules/{schedule.Id}";

        using var answer = await browser.SendAsync(page, page + "/run-with", ("_handler", "run-with"), ("options.url", "http://localhost/other"), ("options.method", "GET"), ("options.contentType", "text/plain"),
            ("options.expectedStatus", "200"), ("options.requestTimeout", "00:00:30"), ("options.secretHeader", ""));

        var run = answer.Headers.Location!.OriginalString;
        foreach (var path in (string[])[page, page + "/run-with", run])
        {
            var html = await browser.ReadAsync(path);
            Assert.DoesNotContain("s3cret", html, StringComparison.Ordinal);
            Assert.DoesNotContain(OptionSecrets.Prefix, html, StringComparison.Ordinal);
        }

        var stored = await web.UseAsync(services => services.GetRequiredService<RunQueries>().FindAsync(Guid.Parse(run.Split('/')[^1]), default));
        Assert.Equal("http://localhost/other", (string?)JsonNode.Parse(stored!.Options)!["url"]);
        Assert.StartsWith(OptionSecrets.Prefix, (string?)JsonNode.Parse(stored.Options)!["secretHeader"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_may_not_do_it()
    {
        var schedule = await web.ScheduleAsync("""{"key":"watched-only","name":"Greet","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        await web.AddUserAsync("run-with-viewer", Roles.Viewer);
        using var browser = web.Open();
        await browser.LogInAsync("run-with-viewer", WebUnderTest.Password);
        var page = $"/schedules/{schedule.Id}";

        using var answer = await browser.SendAsync(page, page + "/run-with", ("_handler", "run-with"), ("options.name", "x"));

        Assert.StartsWith("/forbidden", answer.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }
}
