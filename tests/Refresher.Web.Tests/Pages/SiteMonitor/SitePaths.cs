using Microsoft.Extensions.DependencyInjection;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Web.Tests.Pages.SiteMonitor;

internal sealed class SitePaths : ITaskPages
{
    public IReadOnlyList<string> Paths { get; } =
    [
        "/sites", "/sites?state=nonsense&group=%00&tag=a&search=x&after=nonsense", "/sites?state=down&after=a~b", "/sites/new", "/incidents", "/incidents?show=open&site=nonsense&after=nonsense", "/incidents?show=over&after=c-0197a1b2000070008000000000000000", "/maintenance", "/maintenance?after=nonsense", "/maintenance/new", "/maintenance/new?site=x", "/public", "/public/page", "/public/site", "/public/site?site=nonsense",
    ];

    public async Task FillAsync(IServiceProvider services)
    {
        var site = await services.GetRequiredService<SiteCommands>().CreateAsync(WebUnderTest.Read<SiteInput>("""{"name":"site","check":{"kind":"http","target":"http://127.0.0.1:9/"}}"""), default);
        Assert.True(site.Value is not null, site.Errors?.ToString());
    }
}
