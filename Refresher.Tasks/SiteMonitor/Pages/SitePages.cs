using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Refresher.Core.Contract;
using Refresher.Tasks.SiteMonitor.History;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>What the pages read with.</summary>
internal static class SitePages
{
    public static void AddSitePages(this IServiceCollection services)
    {
        services.TryAddSingleton<PhaseQueries>();
        services.TryAddScoped<SiteRows>();
        services.TryAddScoped<SiteTrial>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IOverviewPart, SiteOverview>());
    }
}
