using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Tasks;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;
using Watched = Refresher.Tasks.SiteMonitor.Sites.Site;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>The pages of sites and incidents.</summary>
public sealed partial class SitePageTests(WebUnderTest web) : IClassFixture<WebUnderTest>
{
    private const string Hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>";

    [Fact]
    public async Task A_site_goes_down_and_comes_back_and_the_pages_tell_it_with_its_incident_and_notes()
    {
        var status = 200;
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync($"<b>status {status}</b>");
        });
        await using var worker = await EngineHost.StartAsync(web.Database, TaskCatalog.Kinds, "worker");
        using var browser = await web.OpenAsAdminAsync();
        var site = await AddAsync("Flaky", server.Url.ToString(), "Live");
        var page = $"/sites/{site.Id}";

        await Eventually.SeeAsync(() => browser.ReadAsync(page), html => html.Contains("state-up", StringComparison.Ordinal) && html.Contains("id=\"check-", StringComparison.Ordinal));
        status = 503;
        using (var asked = await browser.SendAsync(page, page + "/check", ("return", page)))
        {
            Assert.Contains("Flaky: down after", await browser.ReadAsync(page), StringComparison.Ordinal);
        }

        var incident = await Eventually.SeeAsync(() => web.UseAsync(services => services.GetRequiredService<IncidentQueries>().ListAsync(new IncidentFilter { SiteId = site.Id }, null, 5, default)), found => found.Items.Count == 1);
        var path = $"/incidents/{incident.Items[0].Id}";
        var down = await Eventually.SeeAsync(() => browser.ReadAsync(page), html => html.Contains("status 503&lt;/b&gt;", StringComparison.Ordinal));
        Site.AssertClean(page, down);
        Assert.Contains(path, down, StringComparison.Ordinal);
        var overview = await browser.ReadAsync("/");
        Assert.Contains("Flaky is down", overview, StringComparison.Ordinal);
        Assert.Contains("Sites up", overview, StringComparison.Ordinal);
        Assert.Contains("Flaky", await browser.ReadAsync("/sites?state=down"), StringComparison.Ordinal);
        Assert.DoesNotContain("Flaky", await browser.ReadAsync("/sites?state=up"), StringComparison.Ordinal);
        Assert.Contains("open for", await browser.ReadAsync("/incidents?show=open"), StringComparison.Ordinal);

        using (var noted = await browser.SendAsync(path, path + "/note", ("text", "We look at <i>it</i>"), ("public", "true"), ("return", path)))
        {
            var told = await browser.ReadAsync(path);
            Site.AssertClean(path, told);
            Assert.Contains("The note is added, for visitors too.", told, StringComparison.Ordinal);
            Assert.Contains("We look at &lt;i&gt;it&lt;/i&gt;", told, StringComparison.Ordinal);
        }

        status = 200;
        await Eventually.SeeAsync(() => browser.ReadAsync(path), html => html.Contains("over", StringComparison.Ordinal) && !html.Contains("not yet", StringComparison.Ordinal));
        Assert.DoesNotContain(path, await browser.ReadAsync("/incidents?show=open"), StringComparison.Ordinal);
        Assert.Contains(path, await browser.ReadAsync($"/incidents?site={site.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sites_are_listed_by_group_a_page_at_a_time_each_once()
    {
        var all = new List<string>();
        foreach (var at in Enumerable.Range(0, 60))
        {
            all.Add((await AddAsync($"Paged {at:00}", "http://127.0.0.1:9/", at % 2 == 0 ? "Even" : "Odd", "paged")).Id.ToString());
        }

        using var browser = await web.OpenAsAdminAsync();
        var first = await browser.ReadAsync("/sites?tag=paged");
        Site.AssertClean("/sites", first);
        var next = WebUtility.HtmlDecode(NextLink().Match(first).Groups[1].Value);
        var second = await browser.ReadAsync(next);

        Assert.Equal((50, 10), (RowsOf(first).Count, RowsOf(second).Count));
        Assert.Equal(all.Order(), RowsOf(first).Concat(RowsOf(second)).Order());
        Assert.True(first.IndexOf(">Even<", StringComparison.Ordinal) < first.IndexOf(">Odd<", StringComparison.Ordinal));
        Assert.Equal(30, RowsOf(await browser.ReadAsync("/sites?tag=paged&group=Odd")).Count);
        Assert.Single(RowsOf(await browser.ReadAsync("/sites?tag=paged&search=paged%2007")));
        Assert.Contains("No site is like that", await browser.ReadAsync("/sites?tag=nowhere"), StringComparison.Ordinal);

        var ticked = RowsOf(first).Take(3).Select(id => ("id", id)).Append(("do", "pause")).Append(("return", "/sites?tag=paged")).ToArray();
        using var paused = await browser.SendAsync("/sites", "/sites/bulk", ticked);
        Assert.Contains("Paused: 3.", await browser.ReadAsync("/sites"), StringComparison.Ordinal);
        Assert.Equal(3, RowsOf(await browser.ReadAsync("/sites?tag=paged&state=paused")).Count);
    }

    [Fact]
    public async Task Names_errors_and_bodies_that_are_hostile_are_shown_as_text()
    {
        var site = await AddAsync(Hostile, $"http://127.0.0.1:9/{Uri.EscapeDataString(Hostile)}", Hostile, Hostile[..40]);
        var incident = await web.UseAsync(async services =>
        {
            var (db, now) = (services.GetRequiredService<RefresherDb>(), services.GetRequiredService<TimeProvider>().GetUtcNow());
            var partition = $"CREATE TABLE IF NOT EXISTS site_checks_{now.UtcDateTime:yyyyMMdd} PARTITION OF site_checks FOR VALUES FROM ('{now.UtcDateTime:yyyy-MM-dd}') TO ('{now.UtcDateTime.AddDays(1):yyyy-MM-dd}')";
            await db.Database.ExecuteSqlRawAsync(partition);
            db.Add(new SiteCheck { Id = Guid.CreateVersion7(now), SiteId = site.Id, CheckedAt = now, WrittenAt = now, Status = CheckStatus.Down, Fault = CheckFault.Status, Error = Hostile, TotalMs = 12, FirstByteMs = 12, Body = Hostile, Address = Hostile });
            var opened = new Incident { Id = Guid.CreateVersion7(now), SiteId = site.Id, SiteKey = site.Key, SiteName = Hostile, OpenedAt = now, ConfirmedAt = now, Reason = Hostile, FailedChecks = 2 };
            db.Add(opened);
            db.Add(new IncidentUpdate { Id = Guid.CreateVersion7(now), IncidentId = opened.Id, At = now, Kind = IncidentUpdateKind.Note, Text = Hostile, Author = Hostile });
            await db.Set<SiteState>().Where(s => s.SiteId == site.Id).ExecuteUpdateAsync(set => set.SetProperty(s => s.Verdict, Verdict.Down).SetProperty(s => s.LastError, Hostile).SetProperty(s => s.LastStatus, CheckStatus.Down));
            await db.SaveChangesAsync();
            return opened;
        });
        using var browser = await web.OpenAsAdminAsync();

        foreach (var path in new[] { "/", "/sites", $"/sites/{site.Id}", $"/sites/{site.Id}/edit", "/incidents", $"/incidents?site={site.Id}", $"/incidents/{incident.Id}", "/maintenance/new", $"/maintenance/new?site={site.Key}" })
        {
            var html = await browser.ReadAsync(path);
            Site.AssertClean(path, html);
            Assert.DoesNotContain("<script>alert", html, StringComparison.Ordinal);
            Assert.DoesNotContain("<img src=x", html, StringComparison.Ordinal);
        }

        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", await browser.ReadAsync($"/sites/{site.Id}"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_never_looked_at_becomes_unknown_by_itself_and_is_said_so()
    {
        var site = await AddAsync("Forgotten", "http://127.0.0.1:9/", "");
        await web.UseAsync(async services => await services.GetRequiredService<RefresherDb>().Set<SiteState>().Where(s => s.SiteId == site.Id).ExecuteUpdateAsync(set => set
            .SetProperty(s => s.Verdict, Verdict.Up).SetProperty(s => s.StaleAt, services.GetRequiredService<TimeProvider>().GetUtcNow().AddSeconds(-1)).SetProperty(s => s.NextCheckAt, (DateTimeOffset?)null)));
        using var browser = await web.OpenAsAdminAsync();

        Assert.Contains("state-unknown", await browser.ReadAsync($"/sites/{site.Id}"), StringComparison.Ordinal);
        Assert.Contains("Forgotten", await browser.ReadAsync("/sites?state=unknown"), StringComparison.Ordinal);
        Assert.Contains("Nothing is known of", await browser.ReadAsync("/"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_viewer_sees_sites_and_changes_none_and_a_form_that_was_not_made_here_is_refused()
    {
        var site = await AddAsync("Guarded", "http://127.0.0.1:9/", "");
        await web.AddUserAsync("sites-viewer", Roles.Viewer);
        using var viewer = web.Open();
        await viewer.LogInAsync("sites-viewer", WebUnderTest.Password);

        await viewer.ReadAsync("/sites");
        await viewer.ReadAsync($"/sites/{site.Key}");
        foreach (var path in new[] { "/sites/new", $"/sites/{site.Id}/edit", "/maintenance/new" })
        {
            using var form = await viewer.GetAsync(path);
            Assert.StartsWith("/forbidden", form.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
        }

        using var admin = await web.OpenAsAdminAsync();
        foreach (var path in new[] { $"/sites/{site.Id}/pause", $"/sites/{site.Id}/delete", $"/sites/{site.Id}/check", "/sites/bulk", $"/incidents/{site.Id}/note", $"/maintenance/{site.Id}/end", $"/maintenance/{site.Id}/delete" })
        {
            using var done = await viewer.SendAsync("/sites", path, ("return", "/sites"));
            Assert.StartsWith("/forbidden", done.Headers.Location!.PathAndQuery, StringComparison.Ordinal);
            using var forged = await admin.SendWithAsync(path, null, ("id", $"{site.Id}"), ("do", "pause"));
            Assert.Equal(HttpStatusCode.BadRequest, forged.StatusCode);
        }

        Assert.True((await web.UseAsync(services => services.GetRequiredService<SiteQueries>().FindAsync(site.Id, default)))!.Enabled);
    }

    private Task<Watched> AddAsync(string name, string target, string group, params string[] tags) => web.UseAsync(async services =>
    {
        var check = System.Text.Json.JsonSerializer.SerializeToElement(new { target, timeout = "00:00:02" });
        var made = await services.GetRequiredService<SiteCommands>().CreateAsync(new SiteInput { Name = name, Group = group, Tags = tags, Check = check, Interval = TimeSpan.FromSeconds(5), Recheck = TimeSpan.FromSeconds(1) }, default);
        return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
    });

    private static List<string> RowsOf(string html) => [.. Row().Matches(html).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("<tr id=\"site-([0-9a-f-]+)\"")]
    private static partial Regex Row();

    [GeneratedRegex("href=\"([^\"]+)\" rel=\"next\"")]
    private static partial Regex NextLink();
}
