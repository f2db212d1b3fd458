using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Queue;

internal static class RunQueueServices
{
    public static IServiceCollection AddRunQueue(this IServiceCollection services)
    {
        services.AddSingleton<RunQueue>();
        services.AddSingleton<NodePresence>();
        services.AddSingleton<RedisInfo>();
        services.AddSingleton<RateWindows>();
        services.AddSingleton<LiveSignals>();
        return services.AddHostedService(provider => provider.GetRequiredService<LiveSignals>());
    }
}
