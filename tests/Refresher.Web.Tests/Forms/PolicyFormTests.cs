using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Web.Tests.Forms;

/// <summary>Policies in the form of a schedule: overlaps, retries, and what it has to do with others.</summary>
public sealed class PolicyFormTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string New = "/schedules/new?kind=hello";

    [Fact]
    public async Task Every_overlap_is_offered_with_what_it_does_and_the_default_is_named()
    {
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync(New);

        foreach (var sentence in (string[])["As the platform does: skip the new one.", "It is written down as skipped", "begins beside the one before", "while one waits, further ones are skipped", "It is asked to end"])
        {
            Assert.Contains(sentence, html, StringComparison.Ordinal);
        }

        Assert.Contains("name=\"continueWith[1].schedule\"", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_follows_and_the_causes_of_retries_are_kept_and_shown_again()
    {
        await web.ScheduleAsync("""{"key":"next-one","name":"Next","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(New, New, [.. Filled("Follows on"), ("overlap", "cancelPrevious"), ("concurrencyKey", "db:main"),
            ("continueWith[0].on", "success"), ("continueWith[0].schedule", ""), ("continueWith[1].on", "failure"), ("continueWith[1].schedule", "next-one"),
            ("retry.maxAttempts", "5"), ("retry.delays", "00:00:01, 00:00:10"), ("retry.jitter", "0.5"), ("retry.exceptOn", "ArgumentException, timeLimit")]);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        var schedule = await FindAsync(answer);
        Assert.Equal(Overlap.CancelPrevious, schedule.Overlap);
        Assert.Equal("db:main", schedule.ConcurrencyKey);
        Assert.Equal([new Continuation { On = ContinueOn.Failure, Schedule = "next-one" }], schedule.ContinueWith!);
        Assert.Equal(["ArgumentException", "timeLimit"], schedule.Retry!.ExceptOn!);
        Assert.Equal([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10)], schedule.Retry.Delays!);
        Assert.Equal(0.5, schedule.Retry.Jitter);

        var html = await browser.ReadAsync($"/schedules/{schedule.Id}/edit");
        Assert.Contains("name=\"continueWith[0].schedule\" value=\"next-one\"", html, StringComparison.Ordinal);
        Assert.Contains("name=\"continueWith[2].schedule\"", html, StringComparison.Ordinal);
        Assert.Contains("<option value=\"failure\" selected", html, StringComparison.Ordinal);
        Assert.Contains("value=\"ArgumentException, timeLimit\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"00:00:01, 00:00:10\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"cancelPrevious\" checked", html, StringComparison.Ordinal);
        Assert.Contains("<option value=\"next-one\">", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("concurrencyKey", "no blanks", "concurrencyKey", "letters, digits")]
    [InlineData("continueWith[0].schedule", "no-such", "continueWith", "there is no schedule 'no-such'")]
    [InlineData("continueWith[0].schedule", "goes-round", "continueWith", "this would never end")]
    [InlineData("retry.exceptOn", "IOException", "retry.exceptOn", "either onlyOn or exceptOn")]
    [InlineData("retry.delays", "00:00:01, soon", "retry.delays", "a duration")]
    [InlineData("retry.jitter", "2", "retry.jitter", "0 to 1")]
    [InlineData("retry.maxAttempts", "", "retry.maxAttempts", "it has to be said")]
    [InlineData("overlap", "sometimes", "overlap", "queueOne")]
    public async Task What_is_wrong_is_said_at_its_field_and_what_was_typed_stays(string field, string value, string at, string message)
    {
        using var browser = await web.OpenAsAdminAsync();
        var fields = Filled("Goes round").Concat([("key", "goes-round"), ("retry.maxAttempts", "2"), ("retry.onlyOn", "TimeoutException"), ("continueWith[0].on", "always")]).ToDictionary();
        fields[field] = value;

        using var answer = await browser.SendAsync(New, New, [.. fields.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var said = html[html.IndexOf($"data-field=\"{at}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("value=\"TimeoutException\"", html, StringComparison.Ordinal);
        Assert.True(value.Length == 0 || field == "overlap" || html.Contains($"value=\"{value}\"", StringComparison.Ordinal), "What was typed is gone.");
    }

    private static (string Name, string Value)[] Filled(string name) =>
        [("_handler", "schedule"), ("name", name), ("options.name", "world"), ("options.failFirst", "0"), ("cadence.type", "every"), ("cadence.every", "5"), ("cadence.unit", "min"), ("cadence.mode", "rate")];

    private async Task<Schedule> FindAsync(HttpResponseMessage answer)
    {
        var id = Guid.Parse(answer.Headers.Location!.OriginalString.Split('/')[^1]);
        return await web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync(id, CancellationToken.None)) ?? throw new InvalidOperationException("Not there.");
    }
}
