using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Web.Tests.Forms;

[Trait("Kind", "command")]
public sealed class ScheduleFormTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string New = "/schedules/new?kind=hello";

    [Fact]
    public async Task A_filled_form_makes_the_schedule_it_describes()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(New, New, [.. Filled("Every weekday"), ("cadence.type", "cron"), ("cadence.cron", "30 8 * * MON-FRI"), ("cadence.timeZone", "Europe/Berlin"),
            ("tags", "one, two"), ("timeout", "00:01:00"), ("overlap", "allow"), ("retry.maxAttempts", "4"), ("retry.delay", "00:00:10"), ("enabled", "true")]);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var schedule = await FindAsync(answer);
        Assert.Equal("every-weekday", schedule.Key);
        Assert.Equal(["one", "two"], schedule.Tags);
        Assert.Equal(new CronCadence("30 8 * * MON-FRI", "Europe/Berlin"), schedule.Cadence);
        Assert.Equal(TimeSpan.FromMinutes(1), schedule.Timeout);
        Assert.Equal(Overlap.Allow, schedule.Overlap);
        Assert.Equal((4, TimeSpan.FromSeconds(10)), (schedule.Retry!.MaxAttempts, schedule.Retry.Delay));
        Assert.Null(schedule.Misfire);
        Assert.Contains("Every weekday is made.", await browser.ReadAsync($"/schedules/{schedule.Id}"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "", "name is needed")]
    [InlineData("options.failFirst", "99", "0")]
    [InlineData("options.failFirst", "many", "number")]
    [InlineData("cadence.cron", "61 * * * *", "61")]
    [InlineData("cadence.timeZone", "Mars/Base", "Mars/Base")]
    [InlineData("timeout", "soon", "duration")]
    [InlineData("priority", "7", "0 (first) to 4")]
    [InlineData("key", "Not A Key", "key")]
    [InlineData("retry.factor", "0", "1 to 10")]
    public async Task What_is_wrong_is_said_at_its_field_and_what_was_typed_stays(string field, string value, string message)
    {
        using var browser = await web.OpenAsAdminAsync();
        var fields = Filled("Kept as typed").Concat([("cadence.type", "cron"), ("cadence.cron", "0 3 * * *"), ("cadence.timeZone", "UTC"), ("retry.maxAttempts", "2")]).ToDictionary();
        fields[field] = value;

        using var answer = await browser.SendAsync(New, New, [.. fields.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = await answer.Content.ReadAsStringAsync();
        var said = html[html.IndexOf($"data-field=\"{field}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("Nothing was saved", html, StringComparison.Ordinal);
        Assert.Contains(field == "name" ? "value=\"2\"" : "value=\"Kept as typed\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_secret_is_never_shown_and_stays_when_its_field_is_left_empty()
    {
        var schedule = await web.ScheduleAsync("""
            {"name":"With a secret","kind":"http-request","options":{"url":"https://example.org/","secretHeader":"Authorization: Bearer hush"},"cadence":{"type":"every","every":"01:00:00"},"enabled":false}
            """);
        using var browser = await web.OpenAsAdminAsync();
        var edit = $"/schedules/{schedule.Id}/edit";
        Assert.DoesNotContain("hush", await browser.ReadAsync(edit), StringComparison.Ordinal);
        Assert.DoesNotContain("hush", await browser.ReadAsync($"/schedules/{schedule.Id}"), StringComparison.Ordinal);

        using var answer = await browser.SendAsync(edit, edit, ("_handler", "schedule"), ("name", "With a secret still"), ("options.url", "https://example.org/other"), ("options.method", "GET"),
            ("options.contentType", "text/plain"), ("options.expectedStatus", "200"), ("options.requestTimeout", "00:00:10"), ("options.secretHeader", ""), ("cadence.type", "every"), ("cadence.every", "2"), ("cadence.unit", "h"), ("cadence.mode", "rate"));

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var changed = await FindAsync(answer);
        Assert.Equal((string?)JsonNode.Parse(schedule.Options)!["secretHeader"], (string?)JsonNode.Parse(changed.Options)!["secretHeader"]);
        Assert.Contains("https://example.org/other", changed.Options, StringComparison.Ordinal);
        Assert.Equal(new EveryCadence(TimeSpan.FromHours(2)), changed.Cadence);
    }

    [Fact]
    public async Task An_edit_over_somebody_elses_edit_is_refused()
    {
        var schedule = await web.ScheduleAsync("""{"name":"Edited twice","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        await web.UseAsync(services => services.GetRequiredService<ScheduleCommands>().SetEnabledAsync(schedule.Id, false, CancellationToken.None));
        using var browser = await web.OpenAsAdminAsync();
        var edit = $"/schedules/{schedule.Id}/edit";

        using var answer = await browser.SendAsync(edit, edit, [.. Filled("Mine"), ("version", "1"), ("cadence.type", "every"), ("cadence.every", "5"), ("cadence.unit", "min"), ("cadence.mode", "rate")]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("Somebody else has changed this schedule", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_says_the_cadence_in_words_with_its_next_instants()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var right = await browser.SendAsync(New, "/schedules/preview", ("cadence.type", "cron"), ("cadence.cron", "0 3 * * *"), ("cadence.timeZone", "UTC"));
        using var wrong = await browser.SendAsync(New, "/schedules/preview", ("cadence.type", "cron"), ("cadence.cron", "0 25 * * *"), ("cadence.timeZone", "UTC"));

        var html = await right.Content.ReadAsStringAsync();
        Assert.Contains("03:00", html, StringComparison.Ordinal);
        Assert.Equal(5, html.Split("<time ").Length - 1);
        Assert.Contains("25", await wrong.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("<html", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_that_is_not_allowed_shows_the_entry_to_add_while_it_is_typed()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(New, "/schedules/notice?kind=command", ("options.program", "/usr/bin/uptime"), ("options.arguments", "--pretty"), ("options.successExitCodes", "0"));
        using var allowed = await browser.SendAsync(New, "/schedules/notice?kind=hello", ("options.name", "world"), ("options.failFirst", "0"));

        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("not allowed yet", html, StringComparison.Ordinal);
        Assert.Contains("\"/usr/bin/uptime\"", html, StringComparison.Ordinal);
        Assert.Contains("Command__Allow__", html, StringComparison.Ordinal);
        Assert.DoesNotContain("alert", await allowed.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] Filled(string name) =>
        [("_handler", "schedule"), ("name", name), ("options.name", "world"), ("options.failFirst", "0")];

    private async Task<Schedule> FindAsync(HttpResponseMessage answer)
    {
        var id = Guid.Parse(answer.Headers.Location!.OriginalString.Split('/')[^1]);
        return await web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync(id, CancellationToken.None)) ?? throw new InvalidOperationException("Not there.");
    }
}
