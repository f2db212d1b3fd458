using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Outbox.Delivery;
using Refresher.Core.Outbox.Direct;

namespace Refresher.Core.Outbox;

/// <summary>The event log in a process.</summary>
public static partial class EventServices
{
    /// <summary>What every process has: it may write events, and show what becomes of them. Configuration: section <c>Events</c>, see <see cref="EventOptions"/>.</summary>
    internal static IServiceCollection AddEvents(this IServiceCollection services)
    {
        services.AddOptions<EventOptions>().BindConfiguration(EventOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        return services.AddSingleton<OutboxWriter>().AddSingleton<EventMarks>().AddSingleton<OutboxPressure>().AddScoped<EventQueries>().AddScoped<EventCommands>();
    }

    /// <summary>What keeps the outbox small: in schedulers.</summary>
    internal static IServiceCollection AddOutboxUpkeep(this IServiceCollection services) => services.AddSingleton<OutboxPartitions>().AddHostedService<OutboxUpkeep>();

    /// <summary>The log from which the consumers of this process get their events, and what they need to handle them: in workers. Kafka where it is configured, else the outbox.</summary>
    internal static IHostApplicationBuilder AddEventLog(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<EventReaders>().AddSingleton<DeadLetters>().AddSingleton<EventDelivery>()
            .AddHostedService<OutboxWatch>().AddHostedService<DeadLetterReplays>();
        var throughKafka = false;
        AddKafka(builder, ref throughKafka);
        if (!throughKafka)
        {
            AddDirectLog(builder);
        }

        return builder;
    }

    private static void AddDirectLog(IHostApplicationBuilder builder)
    {
        if (!string.IsNullOrEmpty(builder.Configuration.GetConnectionString("kafka")))
        {
            throw new InvalidOperationException("ConnectionStrings:kafka is set, and this program was built without Kafka.");
        }

        builder.Services.AddHostedService<DirectLog>();
    }

    /// <summary>In <c>EventServices.Kafka.cs</c>; a program may be built without that file and the folder <c>Kafka</c>.</summary>
    static partial void AddKafka(IHostApplicationBuilder builder, ref bool throughKafka);

    /// <summary>Has a consumer act on events in this process, a worker: call it from <c>AddWorkers</c>. Processes with the same consumer share its work.</summary>
    public static IServiceCollection AddEventConsumer<TConsumer>(this IServiceCollection services)
        where TConsumer : class, IEventConsumer =>
        services.AddSingleton<TConsumer>().AddSingleton<IEventConsumer>(provider => provider.GetRequiredService<TConsumer>());
}
