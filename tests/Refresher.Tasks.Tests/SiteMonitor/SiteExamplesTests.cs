using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor;

public sealed class SiteExamplesTests
{
    [Fact]
    public async Task A_first_start_watches_the_programs_own_web_and_api()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(
            database, TaskCatalog.Kinds, "scheduler", ("Examples:Enabled", "true"), ("Examples:Sites:Web", "http://localhost:8080"), ("Examples:Sites:Api", "http://localhost:8081"));

        var sites = await Eventually.SeeAsync(() => engine.WithAsync<SiteQueries, Page<Site>>(queries => queries.ListAsync(new SiteFilter { Tag = "example" }, null, 10, default)), page => page.Items.Count == 2);

        Assert.Equal(
            [("refresher-api", "http://localhost:8081/health"), ("refresher-web", "http://localhost:8080/health")],
            sites.Items.Select(site => (site.Key, site.Spec.Target)));
        Assert.All(sites.Items, site => Assert.Equal(TimeSpan.FromSeconds(30), site.Interval));
    }
}
