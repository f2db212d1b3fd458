using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>What the pages read with.</summary>
internal static class SitePages
{
    public static void AddSitePages(this IServiceCollection services)
    {
        services.TryAddScoped<SiteRows>();
        services.TryAddScoped<SiteTrial>();
    }
}
