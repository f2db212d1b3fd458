using System.Net;
using Npgsql;

namespace Refresher.Web.Tests.Pages;

public sealed class RunLogPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    [Fact]
    public async Task A_log_is_searched_in_any_case_and_by_level_with_hits_marked()
    {
        using var browser = await web.OpenAsAdminAsync();
        var run = await WriteAsync(browser, (2, "Copied 100% of the files"), (3, "Copied 5 files, <b>late</b>"), (4, "Nothing left"));

        var found = await browser.ReadAsync($"{run}?find=COPIED");
        var late = await browser.ReadAsync($"{run}?find=%3Cb%3E&level=warning");
        var literal = await browser.ReadAsync($"{run}/log?after=-1&find=0%25");
        var none = await browser.ReadAsync($"{run}?find=absent");

        Assert.Equal(2, found.Split("<mark>Copied</mark>").Length - 1);
        Assert.DoesNotContain("Nothing left", found, StringComparison.Ordinal);
        Assert.Contains("<mark>&lt;b&gt;</mark>late", late, StringComparison.Ordinal);
        Assert.Contains("level=warning", late, StringComparison.Ordinal);
        Assert.Contains("<mark>0%</mark>", literal, StringComparison.Ordinal);
        Assert.DoesNotContain("Copied 5", literal, StringComparison.Ordinal);
        Assert.Contains("No line is like that", none, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_follows_is_asked_for_with_the_same_filter()
    {
        using var browser = await web.OpenAsAdminAsync();
        var run = await WriteAsync(browser, (3, "One of them"));

        var html = WebUtility.HtmlDecode(await browser.ReadAsync($"{run}?find=one&level=warning"));

        Assert.Contains($"{run}/log?after=1&level=warning&find=one", html, StringComparison.Ordinal);
    }

    private async Task<string> WriteAsync(Browser browser, params (int Level, string Message)[] lines)
    {
        var schedule = await web.ScheduleAsync("""{"name":"Writes","kind":"hello","enabled":false,"cadence":{"type":"every","every":"01:00:00"}}""");
        using var started = await browser.SendAsync($"/schedules/{schedule.Id}", $"/schedules/{schedule.Id}/run");
        var run = started.Headers.Location!.OriginalString;
        await using var source = NpgsqlDataSource.Create(web.Database.ConnectionString);
        foreach (var (line, seq) in lines.Select((line, at) => (line, at + 1)))
        {
            await using var write = source.CreateCommand("INSERT INTO run_logs (run_id, seq, at, attempt, level, message) VALUES ($1, $2, now(), 1, $3, $4)");
            write.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = Guid.Parse(run["/runs/".Length..]) }, new() { Value = (long)seq }, new() { Value = (short)line.Level }, new() { Value = line.Message } });
            await write.ExecuteNonQueryAsync();
        }

        return run;
    }
}
