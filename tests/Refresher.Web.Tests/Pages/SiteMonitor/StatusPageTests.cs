using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SiteMonitor.Public;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>What somebody sees who is not logged in.</summary>
public sealed class StatusPageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private static readonly TimeSpan Long = TimeSpan.FromHours(1);

    [Fact]
    public async Task Nothing_is_public_until_it_is_published_item_by_item()
    {
        using var visitor = web.Open();
        var shown = await WatchedSite.AddAsync(web, "shown", Long);
        var concealed = await WatchedSite.AddAsync(web, "concealed", Long);
        await WatchedSite.FailAsync(web, concealed);
        await WatchedSite.PublishAsync(web, shown, new StatusItemInput { Name = "Shown", Slug = "shown" }, published: false);
        foreach (var path in new[] { "/status", "/status.json", "/status/2026-11", "/badge/shown/status.svg", "/badge/concealed/status.svg" })
        {
            await Eventually.SeeAsync(async () => await StatusAsync(visitor, path), status => status == HttpStatusCode.NotFound);
        }

        using var login = await visitor.GetAsync("/");
        Assert.Equal("/login", login.Headers.Location!.AbsolutePath);

        await WatchedSite.PublishAsync(web, shown, new StatusItemInput());
        var html = await SeeAsync(visitor, "/status", text => text.Contains("Shown", StringComparison.Ordinal));
        Assert.DoesNotContain("concealed", html, StringComparison.Ordinal);
        using var front = await visitor.GetAsync("/");
        Assert.Equal("/status", front.Headers.Location!.OriginalString);
        using var stillNone = await visitor.GetAsync("/badge/shown/status.svg");
        Assert.Equal(HttpStatusCode.NotFound, stillNone.StatusCode);
        using var nobody = await visitor.GetAsync("/badge/no-such-site/status.svg");
        Assert.Equal(await nobody.Content.ReadAsStringAsync(), await stillNone.Content.ReadAsStringAsync());

        await WatchedSite.PublishAsync(web, shown, new StatusItemInput { Badges = true });
        await SeeAsync(visitor, "/badge/shown/status.svg", svg => svg.Contains("aria-label=\"Shown: up\"", StringComparison.Ordinal));
        using var admin = await web.OpenAsAdminAsync();
        Assert.Contains("<h1 class=\"page-title\">Overview", await admin.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Visitors_never_see_an_address_an_error_a_header_a_body_or_a_private_note()
    {
        using var visitor = web.Open();
        var site = await WatchedSite.AddAsync(web, "down", Long, Verdict.Down);
        await WatchedSite.FailAsync(web, site);
        await WatchedSite.PublishAsync(web, site, new StatusItemInput { Name = "<script>alert('Pay')</script>", Slug = "pay", Section = "Money & co", ShowResponse = true, Badges = true });
        var month = web.Services.GetRequiredService<TimeProvider>().GetUtcNow().ToString("yyyy-MM", System.Globalization.CultureInfo.InvariantCulture);

        foreach (var path in new[] { "/status", "/status.json", $"/status/{month}", "/badge/pay/status.svg", "/badge/pay/uptime.svg?period=7d", "/badge/pay/response.svg" })
        {
            var text = await SeeAsync(visitor, path, text => text.Contains("Pay", StringComparison.Ordinal));
            Assert.DoesNotContain(WatchedSite.Secret, text, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain("<script>alert", text, StringComparison.OrdinalIgnoreCase);
            using var answer = await visitor.GetAsync(path);
            Assert.False(answer.Headers.Contains("Set-Cookie"), path);
        }

        var html = await SeeAsync(visitor, "/status", html => html.Contains("It does not answer in time", StringComparison.Ordinal));
        Site.AssertClean("/status", html);
        Assert.DoesNotContain("<form", html, StringComparison.Ordinal);
        Assert.Contains("We change &lt;b&gt;the disk&lt;/b&gt;.", html, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_all_checkers_stopped_page_json_and_badges_say_unknown_after_three_intervals()
    {
        using var visitor = web.Open();
        var site = await WatchedSite.AddAsync(web, "stopped", Long);
        await WatchedSite.PublishAsync(web, site, new StatusItemInput { Name = "Stopped", Slug = "stopped", Badges = true });
        await SeeAsync(visitor, "/badge/stopped/status.svg", svg => svg.Contains("Stopped: up", StringComparison.Ordinal));

        await WatchedSite.StandAsync(web, site, Verdict.Up, TimeSpan.FromSeconds(1));

        await SeeAsync(visitor, "/badge/stopped/status.svg", svg => svg.Contains("Stopped: unknown since", StringComparison.Ordinal));
        await SeeAsync(visitor, "/badge/stopped/uptime.svg", svg => svg.Contains("unknown since", StringComparison.Ordinal));
        await SeeAsync(visitor, "/status", html => html.Contains("Unknown since", StringComparison.Ordinal));
        var json = await SeeAsync(visitor, "/status.json", text => Of(text, "stopped").GetProperty("status").GetString() == "unknown");
        Assert.True(JsonDocument.Parse(json).RootElement.GetProperty("madeAt").GetDateTimeOffset() > Of(json, "stopped").GetProperty("checkedAt").GetDateTimeOffset());
    }

    [Fact]
    public async Task Answers_can_be_kept_a_few_seconds_by_everybody_and_are_not_sent_twice()
    {
        using var visitor = web.Open();
        var site = await WatchedSite.AddAsync(web, "kept", Long);
        await WatchedSite.PublishAsync(web, site, new StatusItemInput { Name = "Kept", Slug = "kept", Badges = true });
        foreach (var path in new[] { "/status", "/status.json", "/badge/kept/status.svg" })
        {
            await SeeAsync(visitor, path, text => text.Contains("Kept", StringComparison.Ordinal));
            using var answer = await visitor.GetAsync(path);
            Assert.True(answer.Headers.CacheControl is { Public: true, MustRevalidate: true, MaxAge.TotalSeconds: > 0 and <= 15 }, path);
            Assert.NotNull(answer.Content.Headers.LastModified);
            Assert.Contains("default-src 'none'", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", answer.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);

            using var again = await SendAsync(visitor, HttpMethod.Get, path, answer.Headers.ETag);
            Assert.True(again.StatusCode == HttpStatusCode.NotModified || again.Headers.ETag!.Tag != answer.Headers.ETag!.Tag, path);
            using var head = await SendAsync(visitor, HttpMethod.Head, path, null);
            Assert.Equal(HttpStatusCode.OK, head.StatusCode);
            Assert.Empty(await head.Content.ReadAsByteArrayAsync());
            Assert.True(head.Content.Headers.ContentLength > 0);
        }

        using var request = new HttpRequestMessage(HttpMethod.Get, "/status") { Headers = { AcceptEncoding = { new("br"), new("gzip") } } };
        using var small = await visitor.Http.SendAsync(request);
        Assert.Equal("br", Assert.Single(small.Content.Headers.ContentEncoding));
        Assert.Contains("Accept-Encoding", small.Headers.Vary);
        using var badge = await visitor.GetAsync("/badge/kept/status.svg");
        Assert.Equal("cross-origin", badge.Headers.GetValues("Cross-Origin-Resource-Policy").Single());
    }

    [Theory]
    [InlineData("/status/2019-01")]
    [InlineData("/status/2999-01")]
    [InlineData("/status/nonsense")]
    [InlineData("/badge/kept/nonsense.svg")]
    [InlineData("/badge/kept/uptime.svg?period=1y")]
    [InlineData("/badge/..%2F/status.svg")]
    public async Task What_there_is_not_is_not_found(string path)
    {
        using var visitor = web.Open();
        using var answer = await visitor.GetAsync(path);
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.False(answer.Headers.Contains("Set-Cookie"));
    }

    [Fact]
    public async Task One_address_is_answered_so_many_times_a_minute_and_then_told_when_to_come_back()
    {
        await using var strict = web.WithWebHostBuilder(builder => builder.UseSetting("Public:RequestsPerMinute", "60"));
        using var visitor = strict.CreateClient();
        var answers = new List<HttpStatusCode>();
        while (answers.Count < 200 && !answers.Contains(HttpStatusCode.TooManyRequests))
        {
            using var answer = await visitor.GetAsync("/badge/no-such-site/status.svg");
            answers.Add(answer.StatusCode);
            Assert.Equal(answer.StatusCode == HttpStatusCode.TooManyRequests, answer.Headers.RetryAfter is not null);
        }

        Assert.True(answers.Count > 60, $"{answers.Count}");
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
    }

    private static async Task<HttpStatusCode> StatusAsync(Browser visitor, string path)
    {
        using var answer = await visitor.GetAsync(path);
        return answer.StatusCode;
    }

    private static JsonElement Of(string json, string slug) =>
        JsonDocument.Parse(json).RootElement.GetProperty("sites").EnumerateArray().First(site => site.GetProperty("slug").GetString() == slug);

    private static Task<string> SeeAsync(Browser visitor, string path, Func<string, bool> seen) => Eventually.SeeAsync(async () =>
    {
        using var answer = await visitor.GetAsync(path);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : "";
    }, text => text.Length > 0 && seen(text), seconds: 30);

    private static async Task<HttpResponseMessage> SendAsync(Browser visitor, HttpMethod method, string path, EntityTagHeaderValue? known)
    {
        using var request = new HttpRequestMessage(method, path);
        if (known is not null)
        {
            request.Headers.IfNoneMatch.Add(known);
        }

        return await visitor.Http.SendAsync(request);
    }
}
