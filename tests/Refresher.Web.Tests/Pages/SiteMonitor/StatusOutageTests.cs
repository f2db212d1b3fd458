using System.Net;
using Refresher.Tasks.SiteMonitor.Public;
using Refresher.Testing;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

/// <summary>The status page without its database.</summary>
public sealed class StatusOutageTests
{
    [Fact]
    public async Task With_a_dead_database_a_green_site_becomes_unknown_and_the_page_says_that_the_records_cannot_be_read()
    {
        await using var servers = await TestServers.StartAsync();
        await using var database = await TestDatabase.CreateAsync(servers);
        var web = new WebUnderTest(database);
        await web.InitializeAsync();
        await using var _ = web;
        using var visitor = web.Open();
        var site = await WatchedSite.AddAsync(web, "up", TimeSpan.FromSeconds(12));
        await WatchedSite.PublishAsync(web, site, new StatusItemInput { Name = "Green", Slug = "green", Badges = true });
        Assert.Contains("Green: up", await ReadAsync(visitor, "/badge/green/status.svg", "Green: up"), StringComparison.Ordinal);
        Assert.Contains("The service is up", await ReadAsync(visitor, "/status", "The service is up"), StringComparison.Ordinal);

        await servers.StopAsync("postgres");

        await ReadAsync(visitor, "/badge/green/status.svg", "Green: unknown since");
        await ReadAsync(visitor, "/status", "It is not known how the services are");
        await ReadAsync(visitor, "/status.json", "\"status\":\"unknown\"");
        await ReadAsync(visitor, "/status", "the records could not be read since");
        await servers.StartAgainAsync("postgres");
    }

    private static Task<string> ReadAsync(Browser visitor, string path, string expected) => Eventually.SeeAsync(async () =>
    {
        using var answer = await visitor.GetAsync(path);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync() : $"{answer.StatusCode}";
    }, text => text.Contains(expected, StringComparison.Ordinal), seconds: 60);
}
