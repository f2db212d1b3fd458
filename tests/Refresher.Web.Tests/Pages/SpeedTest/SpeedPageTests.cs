using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Health;

namespace Refresher.Web.Tests.Pages.SpeedTest;

public sealed class SpeedPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Address = "198.51.100.7";

    [Fact]
    public async Task Before_anything_is_chosen_the_pages_say_what_to_do_and_that_nobody_is_contacted()
    {
        using var browser = await web.OpenAsAdminAsync();

        var html = await browser.ReadAsync("/speed/servers");

        Site.AssertClean("/speed/servers", html);
        Assert.Equal(3, html.Split("off: not contacted").Length - 1);
        Assert.Contains("720 GB hourly", html, StringComparison.Ordinal);
        foreach (var path in (string[])["/speed", "/speed/tests", "/speed/report", "/speed/settings", "/speed/servers/new"])
        {
            Site.AssertClean(path, await browser.ReadAsync(path));
        }
    }

    [Fact]
    public async Task Tests_are_drawn_listed_and_shown_one_by_one_and_come_as_a_file()
    {
        var test = await KeepAsync("Frankfurt <b>1</b>", 93.5, healthy: false);
        using var browser = await web.OpenAsAdminAsync();

        foreach (var range in (string[])["24h", "7d", "30d", "1y", "nonsense"])
        {
            Site.AssertClean(range, await browser.ReadAsync($"/speed?range={range}"));
        }

        var html = await browser.ReadAsync("/speed");
        Assert.Contains("94 % of 100 Mbit/s", html, StringComparison.Ordinal);
        Assert.Contains("class=\"line-plan\"", html, StringComparison.Ordinal);
        html = await browser.ReadAsync($"/speed/tests/{test.Id}");
        Site.AssertClean("test", html);
        Assert.Contains("Frankfurt &lt;b&gt;1&lt;/b&gt;", html, StringComparison.Ordinal);
        Assert.Contains("class=\"band-warm\"", html, StringComparison.Ordinal);
        Assert.Contains("download 93.5 Mbit/s, below", html, StringComparison.Ordinal);
        Assert.Contains(test.Id.ToString(), await browser.ReadAsync("/speed/tests?result=unhealthy"), StringComparison.Ordinal);
        Assert.DoesNotContain(test.Id.ToString(), await browser.ReadAsync("/speed/tests?result=failed"), StringComparison.Ordinal);
        Assert.Contains("Tests below the threshold", await browser.ReadAsync($"/speed/report?month={test.At:yyyy-MM}"), StringComparison.Ordinal);
        Assert.Contains(test.Id.ToString(), await browser.ReadAsync("/speed/export?format=csv"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await browser.GetAsync($"/speed/tests/{Guid.NewGuid()}")).StatusCode);
    }

    [Fact]
    public async Task Visitors_see_the_line_only_while_it_is_published_and_never_who_it_belongs_to()
    {
        await KeepAsync("Secret server", 88, healthy: true);
        using var browser = await web.OpenAsAdminAsync();
        using var visitor = web.Open();
        Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync("/status/speed")).StatusCode);

        using var saved = await browser.SendAsync("/speed/settings", "/speed/settings", ("_handler", "settings"), ("monthlyMegabytes", "5000"), ("published", "true"), ("publicTitle", "Our line"), ("publicSchedule", ""));
        var html = await Refresher.Testing.Eventually.SeeAsync(async () => await (await visitor.GetAsync("/status/speed?range=24h")).Content.ReadAsStringAsync(), seen => seen.Contains("Our line", StringComparison.Ordinal), 30);

        Assert.Contains("88.0 Mbit/s", html, StringComparison.Ordinal);
        Assert.All([Address, "Example Net", "Secret server", "1234", "13.37", "home-line"], secret => Assert.DoesNotContain(secret, html, StringComparison.Ordinal));

        // The page that says what is public comes with the site monitor, which may be gone.
        using var isPublic = await browser.GetAsync("/public");
        Assert.True(isPublic.StatusCode == HttpStatusCode.NotFound || (await isPublic.Content.ReadAsStringAsync()).Contains("/status/speed", StringComparison.Ordinal));
        Assert.Contains("speedSetup.update", await browser.ReadAsync("/audit"), StringComparison.Ordinal);
        using var back = await browser.SendAsync("/speed/servers", "/speed/take-back", ("return", "/speed/servers"));
        await Refresher.Testing.Eventually.SeeAsync(async () => (await visitor.GetAsync("/status/speed?range=24h")).StatusCode, status => status == HttpStatusCode.NotFound, 30);
    }

    [Fact]
    public async Task A_server_of_ones_own_is_named_and_removed_and_what_is_wrong_is_said_at_its_field()
    {
        using var browser = await web.OpenAsAdminAsync();
        const string form = "/speed/servers/new";

        using var wrong = await browser.SendAsync(form, form, ("_handler", "server"), ("url", "nowhere"), ("name", "Typed"), ("latitude", "north"));
        var html = await wrong.Content.ReadAsStringAsync();
        Assert.Contains("data-field=\"latitude\"", html, StringComparison.Ordinal);
        Assert.Contains("value=\"Typed\"", html, StringComparison.Ordinal);

        using var named = await browser.SendAsync(form, form, ("_handler", "server"), ("url", "https://speed.example.org/backend"), ("name", "Office"), ("country", "DE"));
        html = await browser.ReadAsync("/speed/servers");
        Assert.Contains("Office is used from the next test on.", html, StringComparison.Ordinal);
        Assert.Contains("class=\"land\"", html, StringComparison.Ordinal);

        using var removed = await browser.SendAsync("/speed/servers", "/speed/servers/remove?url=https%3A%2F%2Fspeed.example.org%2Fbackend", ("return", "/speed/servers"));
        Assert.Contains("Office is removed", await browser.ReadAsync("/speed/servers"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_only_views_switches_no_directory_on()
    {
        await web.AddUserAsync("speed-viewer", Roles.Viewer);
        using var viewer = web.Open();
        await viewer.LogInAsync("speed-viewer", WebUnderTest.Password);

        using var refused = await viewer.SendAsync("/speed/servers", "/speed/directories/librespeed/on", ("return", "/speed/servers"));

        Assert.Contains("off: not contacted", await viewer.ReadAsync("/speed/servers"), StringComparison.Ordinal);
    }

    private Task<SpeedTestResult> KeepAsync(string server, double mbps, bool healthy) => web.UseAsync(async services =>
    {
        var db = services.GetRequiredService<RefresherDb>();
        var at = services.GetRequiredService<TimeProvider>().GetUtcNow().AddMinutes(-1);
        var test = new SpeedTestResult
        {
            Id = Guid.CreateVersion7(at),
            RunId = Guid.CreateVersion7(at),
            ScheduleKey = "home-line",
            At = at,
            Server = new SpeedTestServer { Url = "http://server.example/", Name = server, DistanceKm = 1234, Latitude = 13.37, Longitude = 13.37 },
            Idle = new SpeedTestLatency { MedianMs = 8 },
            Download = new SpeedTestDirection { Mbps = mbps, LowMbps = mbps - 1, HighMbps = mbps + 1, Stopped = "steady", Curve = [10, 90, 94], WarmUpSeconds = 0.25 },
            ClientAddress = Address,
            ClientIsp = "Example Net",
            Thresholds = new SpeedTestThresholds { DownloadMbps = 100, Percent = 95 },
            Healthy = healthy,
            Complaint = healthy ? null : $"download {mbps} Mbit/s, below 95 (95 % of the plan's 100)",
            Candidates = { new SpeedTestCandidate { Server = new SpeedTestServer { Url = "http://server.example/", Name = server }, LatencyMs = 3, Chosen = true } },
        };
        db.Add(test);
        await db.SaveChangesAsync();
        return test;
    });
}
