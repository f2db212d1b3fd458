using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Declared;

namespace Refresher.Web.Tests.Pages;

[Trait("Kind", "command")]
public sealed class ScheduleFilesTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Import = "/schedules/import";
    private const string Crontab = "/schedules/import-crontab";

    [Fact]
    public async Task What_a_pasted_file_would_change_is_shown_in_words_before_it_is_applied()
    {
        await web.ScheduleAsync("""{"key":"pasted","name":"Pasted","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();
        const string file = """
            schedules:
              - {key: pasted, name: Pasted, kind: hello, cadence: {type: every, every: "02:00:00"}}
              - {key: pasted-too, name: Pasted <b>too</b>, kind: hello, cadence: {type: cron, cron: 30 2 * * 1-5}, enabled: false}
            """;

        using var shown = await browser.SendAsync(Import, Import, ("_handler", "import"), ("text", file), ("do", "show"));

        var html = await shown.Content.ReadAsStringAsync();
        Site.AssertClean(Import, html);
        var text = WebUtility.HtmlDecode(html);
        Assert.Contains("This would be: 1 created, 1 changed", text, StringComparison.Ordinal);
        Assert.Contains("<del>01:00:00</del>", text, StringComparison.Ordinal);
        Assert.Contains("<ins>02:00:00</ins>", text, StringComparison.Ordinal);
        Assert.Contains("At 02:30 on weekdays, UTC, paused", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>too</b>", html, StringComparison.Ordinal);
        Assert.Null(await FindAsync("pasted-too"));

        using var applied = await browser.SendAsync(Import, Import, ("_handler", "import"), ("text", file), ("do", "apply"));

        Assert.EndsWith("/schedules", applied.Headers.Location!.OriginalString, StringComparison.Ordinal);
        Assert.Contains("Imported: 1 created, 1 changed.", await browser.ReadAsync("/schedules"), StringComparison.Ordinal);
        Assert.False((await FindAsync("pasted-too"))!.Enabled);
    }

    [Fact]
    public async Task A_chosen_file_is_read_as_its_text_would_be()
    {
        using var browser = await web.OpenAsAdminAsync();
        var token = System.Text.RegularExpressions.Regex.Match(await browser.ReadAsync(Import), "name=\"__RequestVerificationToken\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new MultipartFormDataContent
        {
            { new StringContent(token), "__RequestVerificationToken" },
            { new StringContent("import"), "_handler" },
            { new StringContent("apply"), "do" },
            { new ByteArrayContent(Encoding.UTF8.GetBytes("""{"schedules": [{"key": "uploaded", "name": "Uploaded", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}]}""")), "file", "schedules.json" },
        };

        using var answer = await browser.Http.PostAsync(Import, form);

        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);
        Assert.NotNull(await FindAsync("uploaded"));
    }

    [Theory]
    [InlineData("", "Choose a file, or paste its text.")]
    [InlineData("schedules: 5", "a list of schedules")]
    [InlineData("schedules:\n  - {key: wrong, name: Wrong, kind: hello, cadence: {type: cron, cron: 61 * * * *}}", "(wrong, line 2)")]
    public async Task What_is_wrong_with_a_file_is_said_and_its_text_stays(string file, string said)
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(Import, Import, ("_handler", "import"), ("text", file), ("do", "apply"));

        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        Assert.Contains("Nothing was changed", html, StringComparison.Ordinal);
        Assert.Contains(said, html, StringComparison.Ordinal);
        Assert.Contains(file, html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_export_has_what_the_list_shows_and_no_secret()
    {
        await web.ScheduleAsync("""{"name":"Exported","kind":"http-request","tags":["out"],"options":{"url":"https://example.org/","secretHeader":"X-Key: hush"},"cadence":{"type":"every","every":"01:00:00"},"enabled":false}""");
        await web.ScheduleAsync("""{"name":"Left in","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        using var browser = await web.OpenAsAdminAsync();
        Assert.Contains("/schedules/import?tag=out", await browser.ReadAsync("/schedules?tag=out"), StringComparison.Ordinal);
        Assert.Contains("/schedules/export?tag=out&amp;format=json", await browser.ReadAsync("/schedules/import?tag=out"), StringComparison.Ordinal);

        var yaml = await browser.ReadAsync("/schedules/export?tag=out&show=paused");

        Assert.StartsWith("schedules:\n  - key: exported\n", yaml, StringComparison.Ordinal);
        Assert.Contains("********", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("hush", yaml, StringComparison.Ordinal);
        Assert.DoesNotContain("left-in", yaml, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crontab_is_shown_line_by_line_and_then_created_paused()
    {
        using var browser = await web.OpenAsAdminAsync();
        const string crontab = "# nightly\n30 2 * * 1-5 /opt/night.sh <x>\n61 * * * * /opt/wrong.sh\nMAILTO=me";

        using var shown = await browser.SendAsync(Crontab, Crontab, ("_handler", "crontab"), ("text", crontab), ("timeZone", "Europe/Berlin"), ("form", ""), ("do", "show"));

        var html = await shown.Content.ReadAsStringAsync();
        Site.AssertClean(Crontab, html);
        var text = WebUtility.HtmlDecode(html);
        Assert.Contains("A crontab of a user: 1 would be created, 1 refused", text, StringComparison.Ordinal);
        Assert.Contains("At 02:30 on weekdays, Europe/Berlin", text, StringComparison.Ordinal);
        Assert.Contains("0 to 59", text, StringComparison.Ordinal);
        Assert.Contains("MAILTO is not taken over", text, StringComparison.Ordinal);
        Assert.Contains("not allowed yet", text, StringComparison.Ordinal);
        Assert.Contains("/opt/night.sh &lt;x&gt;", html, StringComparison.Ordinal);
        Assert.Null(await FindAsync("night-sh"));

        using var made = await browser.SendAsync(Crontab, Crontab, ("_handler", "crontab"), ("text", crontab), ("timeZone", "Europe/Berlin"), ("form", "user"), ("do", "create"));

        Assert.Contains("created, paused:", await made.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False((await FindAsync("night-sh"))!.Enabled);
    }

    [Theory]
    [InlineData("", "UTC", "Paste a crontab.")]
    [InlineData("@daily x", "Europe/Berln", "Europe/Berlin")]
    public async Task What_is_wrong_with_a_crontab_is_said(string crontab, string zone, string said)
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.SendAsync(Crontab, Crontab, ("_handler", "crontab"), ("text", crontab), ("timeZone", zone), ("do", "create"));

        Assert.Contains(said, WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_is_declared_in_code_says_so_and_what_that_means()
    {
        var schedule = await web.ScheduleAsync("""{"name":"Declared","kind":"hello","cadence":{"type":"every","every":"01:00:00"}}""");
        var withdrawn = await web.ScheduleAsync("""{"name":"Withdrawn","kind":"hello","cadence":{"type":"every","every":"01:00:00"},"enabled":false}""");
        await web.UseAsync(async services =>
        {
            var db = services.GetRequiredService<Core.RefresherDb>();
            db.Add(new ScheduleDeclaration { Key = "declared", Kind = "hello", ScheduleId = schedule.Id, Hash = "", AppliedAt = schedule.CreatedAt });
            db.Add(new ScheduleDeclaration { Key = "withdrawn", Kind = "hello", ScheduleId = withdrawn.Id, Hash = "", AppliedAt = schedule.CreatedAt, WithdrawnAt = schedule.CreatedAt });
            await db.SaveChangesAsync();
        });
        using var browser = await web.OpenAsAdminAsync();

        var list = await browser.ReadAsync("/schedules");
        Assert.Contains(">declared in code</span>", list, StringComparison.Ordinal);
        Assert.Contains(">no longer declared</span>", list, StringComparison.Ordinal);
        Assert.Contains("Edits stay until the declaration changes.", await browser.ReadAsync($"/schedules/{schedule.Id}"), StringComparison.Ordinal);
        Assert.Contains("Delete it, or enable it to keep it.", await browser.ReadAsync($"/schedules/{withdrawn.Id}"), StringComparison.Ordinal);
    }

    private Task<Schedule?> FindAsync(string key) => web.UseAsync(services => services.GetRequiredService<ScheduleQueries>().FindAsync(key, CancellationToken.None));
}
