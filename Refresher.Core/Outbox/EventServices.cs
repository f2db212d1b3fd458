using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Core.Outbox;

/// <summary>The event log in a process.</summary>
public static class EventServices
{
    /// <summary>What every process has: it may write events.</summary>
    internal static IServiceCollection AddEvents(this IServiceCollection services) => services.AddSingleton<OutboxWriter>();

    /// <summary>Has a consumer act on events in this process, a worker: call it from <c>AddWorkers</c>. Processes with the same consumer share its work.</summary>
    public static IServiceCollection AddEventConsumer<TConsumer>(this IServiceCollection services)
        where TConsumer : class, IEventConsumer =>
        services.AddSingleton<TConsumer>().AddSingleton<IEventConsumer>(provider => provider.GetRequiredService<TConsumer>());
}
