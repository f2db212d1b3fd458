using System.Net;
using System.Text.RegularExpressions;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Tasks.Heartbeats;

namespace Refresher.Web.Tests.Pages.Heartbeats;

public sealed partial class HeartbeatPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Form = "/heartbeats/new";

    [Fact]
    public async Task A_heartbeat_is_made_shown_with_its_address_changed_paused_rotated_and_deleted()
    {
        using var browser = await web.OpenAsAdminAsync();
        Site.AssertClean("/heartbeats", await browser.ReadAsync("/heartbeats"));

        using var made = await browser.SendAsync(Form, Form, ("_handler", "heartbeat"), ("name", "Nightly <b>backup</b>"), ("tags", "db, night"), ("cadence.type", "cron"), ("cadence.cron", "30 2 * * *"), ("cadence.timeZone", "Europe/Berlin"), ("grace", "00:30:00"), ("maxRunTime", "02:00:00"));
        var page = made.Headers.Location!.OriginalString;
        page = page[page.IndexOf("/heartbeats/", StringComparison.Ordinal)..];
        var html = await browser.ReadAsync(page);
        Site.AssertClean(page, html);
        Assert.Contains("Nightly &lt;b&gt;backup&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("Nothing was heard yet", html, StringComparison.Ordinal);
        Assert.Contains("30 2 * * * /path/to/job", html, StringComparison.Ordinal);
        var address = Address().Match(html).Value;
        Assert.NotEmpty(address);

        using var rotated = await browser.SendAsync(page, $"{page}/rotate", ("return", page));
        html = await browser.ReadAsync(page);
        Assert.DoesNotContain(address, html, StringComparison.Ordinal);
        Assert.Matches(Address(), html);

        Assert.Contains("value=\"30 2 * * *\"", await browser.ReadAsync($"{page}/edit"), StringComparison.Ordinal);
        using var changed = await browser.SendAsync($"{page}/edit", $"{page}/edit", ("_handler", "heartbeat"), ("name", "Backup"), ("key", "backup"), ("cadence.type", "every"), ("cadence.every", "1.00:00:00"));
        Assert.Contains("Every day", await browser.ReadAsync(page), StringComparison.Ordinal);

        using var paused = await browser.SendAsync(page, $"{page}/pause", ("return", page));
        Assert.Contains("Backup is paused", await browser.ReadAsync(page), StringComparison.Ordinal);
        Assert.Contains("state-paused", await browser.ReadAsync("/heartbeats?state=paused"), StringComparison.Ordinal);
        using var deleted = await browser.SendAsync(page, $"{page}/delete", ("return", page));
        Assert.Contains("Backup is deleted", await browser.ReadAsync("/heartbeats"), StringComparison.Ordinal);
        Assert.Contains("heartbeat.delete", await browser.ReadAsync("/audit"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_heard_is_shown_and_only_to_operators_where_it_came_from_and_what_to_call()
    {
        var heartbeat = await MakeAsync("Heard");
        await BeatAsync(heartbeat, new NewBeat(BeatKind.Start, At(0)));
        await BeatAsync(heartbeat, new NewBeat(BeatKind.Success, At(90)) { FromAddress = "192.0.2.7", Body = "<script>said</script>" });
        await BeatAsync(heartbeat, new NewBeat(BeatKind.Fail, At(100)) { ExitCode = 3 });
        using var admin = await web.OpenAsAdminAsync();

        var html = await admin.ReadAsync($"/heartbeats/{heartbeat.Id}");
        Site.AssertClean("heartbeat", html);
        Assert.Contains("Failed (exit code 3)", html, StringComparison.Ordinal);
        Assert.Contains("reported failure (exit code 3)", html, StringComparison.Ordinal);
        Assert.Contains("1 min 30 s", html, StringComparison.Ordinal);
        Assert.Contains("192.0.2.7", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;said&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.Contains("1 successes, 1 failures", html, StringComparison.Ordinal);

        await web.AddUserAsync("beats-viewer", Roles.Viewer);
        using var viewer = web.Open();
        await viewer.LogInAsync("beats-viewer", WebUnderTest.Password);
        var seen = await viewer.ReadAsync($"/heartbeats/{heartbeat.Id}");
        Assert.DoesNotMatch(Address(), seen);
        Assert.DoesNotContain("192.0.2.7", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("script&gt;said", seen, StringComparison.Ordinal);
        using var form = await viewer.GetAsync(Form);
        using var rotate = await viewer.SendAsync($"/heartbeats/{heartbeat.Id}", $"/heartbeats/{heartbeat.Id}/rotate", ("return", "/"));
        Assert.StartsWith("/forbidden", form.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        Assert.StartsWith("/forbidden", rotate.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("name", "", "name is needed")]
    [InlineData("grace", "soon", "a duration")]
    [InlineData("cadence.every", "00:00:05", "ten seconds")]
    [InlineData("maxRunTime", "99.00:00:00", "00:00:01 to 31.00:00:00")]
    public async Task What_is_wrong_is_said_at_its_field_and_what_was_typed_stays(string field, string value, string message)
    {
        using var browser = await web.OpenAsAdminAsync();
        var fields = new Dictionary<string, string> { ["_handler"] = "heartbeat", ["name"] = "Typed", ["description"] = "stays here", ["cadence.type"] = "every", ["cadence.every"] = "01:00:00", [field] = value };

        using var answer = await browser.SendAsync(Form, Form, [.. fields.Select(pair => (pair.Key, pair.Value))]);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var html = WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
        var said = html[html.IndexOf($"data-field=\"{field}\"", StringComparison.Ordinal)..];
        Assert.Contains(message, said[..said.IndexOf("</div>", StringComparison.Ordinal)], StringComparison.Ordinal);
        Assert.Contains("stays here", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_heartbeat_that_is_not_there_is_said_so()
    {
        using var browser = await web.OpenAsAdminAsync();

        using var answer = await browser.GetAsync("/heartbeats/0197a1b2-0000-7000-8000-000000000000");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    private static DateTimeOffset At(int seconds) => new DateTimeOffset(2031, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(seconds);

    private async Task<Heartbeat> MakeAsync(string name) => (await web.UseAsync(services => services.GetRequiredService<HeartbeatCommands>().CreateAsync(
        new HeartbeatInput { Name = name, Cadence = System.Text.Json.JsonElement.Parse("""{"type":"every","every":"01:00:00"}""") }, default))).Value!;

    private Task<Guid?> BeatAsync(Heartbeat heartbeat, NewBeat beat) => web.UseAsync(services =>
        services.GetRequiredService<BeatIntake>().TakeAsync(services.GetRequiredService<BeatTokens>().Open(heartbeat.SealedToken)!, beat, default));

    [GeneratedRegex("/beat/[A-Za-z0-9_-]{22}")]
    private static partial Regex Address();
}
