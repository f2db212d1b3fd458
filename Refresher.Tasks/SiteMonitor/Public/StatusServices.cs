using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Refresher.Core.Contract;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>Everything that the public side needs, for the kind to add whole.</summary>
internal static class StatusServices
{
    public static IServiceCollection AddStatusPage(this IServiceCollection services)
    {
        services.TryAddScoped<StatusPageQueries>();
        services.TryAddScoped<StatusPageCommands>();
        services.TryAddScoped<StatusFactsReader>();
        services.TryAddSingleton<StatusFactsCache>();
        services.TryAddSingleton<StatusAnswers>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IFrontPage, StatusFrontPage>());
        return services;
    }

    public static void MapStatusPage(this ModelBuilder model)
    {
        var mapping = new StatusPageMapping();
        model.ApplyConfiguration<StatusPage>(mapping);
        model.ApplyConfiguration<StatusItem>(mapping);
    }
}
