using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Access;

namespace Refresher.Core.Watch;

/// <summary>What looks after the platform itself.</summary>
internal static class WatchServices
{
    /// <summary>What writes in the transactions of others, in every process.</summary>
    public static IServiceCollection AddWatch(this IServiceCollection services)
    {
        services.AddOptions<WatchOptions>().BindConfiguration(WatchOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddOptions<WatchdogOptions>().BindConfiguration(WatchdogOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<RunFailures>().AddSingleton<LivenessMarks>().AddSingleton<WatchdogState>();
    }

    /// <summary>The watches of a scheduler.</summary>
    // Watchdog:Url = https://hc-ping.com/…
    public static IHostApplicationBuilder AddWatches(this IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        builder.Services.AddHostedService<QueueWatch>().AddHostedService<LongRunWatch>().AddHostedService<WorkerWatch>().AddHostedService<DeletedSchedules>();
        builder.Services.AddHostedService<Watchdog>();
        builder.Services.AddHealthChecks().AddCheck<WatchdogHealth>("watchdog");
        return builder;
    }

    /// <summary>What a worker sees of its runs.</summary>
    public static IServiceCollection AddRunSightings(this IServiceCollection services) => services.AddSingleton<RunSightings>().AddHostedService<SightingWatch>();
}
