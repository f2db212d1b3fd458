// Stand-in for Coravel
using Coravel.Scheduling.HostedService;
using Coravel.Scheduling.Schedule;
using Coravel.Scheduling.Schedule.Interfaces;
using Microsoft.Extensions.DependencyInjection;

namespace Coravel;

/// <summary>Brings the scheduler into a host.</summary>
public static class SchedulerServiceRegistration
{
    public static IServiceCollection AddScheduler(this IServiceCollection services)
    {
        services.AddSingleton<Scheduler>();
        services.AddSingleton<IScheduler>(provider => provider.GetRequiredService<Scheduler>());
        return services.AddHostedService<SchedulerHost>();
    }

    /// <summary>Says what runs when; called once, before the host starts.</summary>
    public static ISchedulerConfiguration UseScheduler(this IServiceProvider provider, Action<IScheduler> assignScheduledTasks)
    {
        ArgumentNullException.ThrowIfNull(assignScheduledTasks);

        var scheduler = provider.GetRequiredService<Scheduler>();
        assignScheduledTasks(scheduler);
        return scheduler;
    }
}
