using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Core.Alerts;
using Refresher.Core.Alerts.Log;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Limits;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Runs.Rollups;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Telemetry;
using Refresher.Core.Watch;

namespace Refresher.Core.Execution;

/// <summary>What makes a process a scheduler or a worker, a line for each loop.</summary>
public static class EngineServices
{
    /// <summary>Migrates, prepares, releases, expires, rescues and reconciles. Whoever calls this also sets <see cref="TickSignal"/> each second.</summary>
    public static IHostApplicationBuilder AddScheduler(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddSingleton<TickSignal>().AddSingleton<DueSchedules>().AddSingleton<ReleaseTimer>().AddSingleton<SendTimer>().AddSingleton<RunReleases>().AddSingleton<Overlaps>().AddSingleton<WaitingRuns>();
        services.AddSingleton<CalendarCatalog>();
        services.AddScoped<FirstStart>();
        services.AddOptions<DatabaseRoleOptions>().BindConfiguration(DatabaseRoleOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<DatabaseRoles>();
        services.AddSingleton<SchemaMigrator>().AddHostedService(provider => provider.GetRequiredService<SchemaMigrator>());
        services.AddHealthChecks().AddCheck<FirstStartHealth>("first-start");
        services.AddHostedService<SchedulerLoop>();
        services.AddHostedService<ScheduleEdits>();
        services.AddHostedService<CalendarEdits>();
        services.AddHostedService<CalendarLooks>();

        // Stopped in the opposite order: what the releaser has released is still sent.
        services.AddHostedService<RunSender>();
        services.AddHostedService<RunReleaser>();
        services.AddHostedService<LimitSweep>();
        services.AddHostedService<RatePacer>();
        services.AddHostedService<RunExpiry>();
        services.AddHostedService<RunRescuer>();
        services.AddHostedService<QueueReconciler>();
        services.AddHostedService<RunRetention>();
        services.AddHostedService<RunRollupLoop>();
        services.AddHostedService<AuditRetention>();
        services.AddHostedService<EngineMeasures>();
        services.AddOutboxUpkeep();
        builder.AddWatches();
        return builder.AddNode("scheduler");
    }

    /// <summary>Executes runs. Configuration: section <c>Worker</c>, see <see cref="WorkerOptions"/>.</summary>
    public static IHostApplicationBuilder AddWorker(this IHostApplicationBuilder builder, KindCatalog kinds)
    {
        var services = builder.Services;
        services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<ActiveRuns>().AddSingleton<RunClaims>().AddSingleton<RunCompletions>().AddSingleton<RunLogStore>();
        services.AddSingleton<RunExecutor>().AddSingleton<RunJournal>().AddSingleton<WorkerSlots>().AddSingleton<LeaseKeeper>();
        services.AddSingleton<ILoggerProvider, RunLoggerProvider>();
        services.AddSingleton<WorkerSignals>().AddSingleton<WorkerStance>().AddSingleton<EndedRuns>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerSignals>());
        services.AddSingleton(provider => new NodeRole("worker", status => Describe(status, provider)));

        // What begins first ends last: it is still seen, as stopping, while it finishes its runs.
        services.AddHostedService<NodeReporter>();
        if (builder.RunsRole(WorkerRoles.Runs))
        {
            services.AddHostedService<WorkerLoop>();
        }

        services.AddHostedService<StandingOrders>();
        builder.AddEventLog();
        builder.AddAlertWorkers();
        services.AddRunSightings();
        builder.AddIncidentLog();
        foreach (var kind in kinds)
        {
            kind.AddWorkers(builder);
        }

        return builder;
    }

    /// <summary>Makes the process seen among the others.</summary>
    public static IHostApplicationBuilder AddNode(this IHostApplicationBuilder builder, string role, Func<NodeStatus, NodeStatus>? complete = null)
    {
        builder.Services.AddSingleton(new NodeRole(role, complete ?? (status => status)));
        builder.Services.AddHostedService<NodeReporter>();
        return builder;
    }

    private static NodeStatus Describe(NodeStatus status, IServiceProvider services)
    {
        var slots = services.GetRequiredService<WorkerSlots>();
        RunMeasures.Slots(slots.Busy, slots.Concurrency);
        var options = services.GetRequiredService<IOptions<WorkerOptions>>().Value;
        return status with
        {
            Worker = services.GetRequiredService<NodeName>().Name,
            State = services.GetRequiredService<WorkerStance>().IsDraining ? "draining" : status.State,
            Lease = options.Lease,
            Ended = services.GetRequiredService<EndedRuns>().Of(),
            Concurrency = slots.Concurrency,
            Busy = slots.Busy,
            Queues = options.QueuesOrDefault,
            Done = slots.Done,
            Failed = slots.Failed,
        };
    }
}
