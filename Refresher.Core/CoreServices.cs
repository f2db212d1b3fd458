using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Access.Keys;
using Refresher.Core.Access.Users;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Limits;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Runs.Rollups;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Schedules.Crontab;
using Refresher.Core.Schedules.Declared;
using Refresher.Core.Schedules.Files;
using Refresher.Core.Schedules.Occurrences;

namespace Refresher.Core;

/// <summary>What people and programs do with schedules and runs, and the record of it: used by pages, end points and tests.</summary>
internal static class CoreServices
{
    public static IServiceCollection AddRuns(this IServiceCollection services) => services
        .AddSingleton<RunPartitions>().AddSingleton<RunInserts>().AddSingleton<RunOrders>().AddSingleton<RunSearch>().AddSingleton<RunRollups>().AddSingleton<RunHistory>().AddSingleton<RunStatistics>().AddSingleton<RunLogFollower>()
        .AddSingleton<RunDispatch>().AddSingleton<RunEndings>().AddSingleton<LimitCatalog>().AddSingleton<LimitGrants>()
        .AddSingleton<LimitQueries>().AddScoped<LimitCommands>().AddSingleton<RunStarts>().AddScoped<RunInterventions>()
        .AddScoped<RunCommands>().AddScoped<RunQueries>().AddScoped<RunExport>();

    public static IServiceCollection AddAudit(this IServiceCollection services) => services.AddScoped<Actor>().AddScoped<AuditLog>().AddScoped<AuditQueries>();

    public static IServiceCollection AddAccess(this IServiceCollection services) => services
        .AddUsers().AddScoped<FirstLogin>().AddSingleton<ApiKeyring>().AddScoped<KeyCommands>().AddScoped<KeyQueries>();

    public static IServiceCollection AddOperations(this IServiceCollection services) => services
        .AddSingleton<DatabaseInfo>().AddSingleton<QueueHolds>().AddSingleton<QueueQueries>().AddScoped<QueueCommands>().AddScoped<WorkerCommands>().AddScoped<WorkerQueries>();

    public static IServiceCollection AddSchedules(this IServiceCollection services) => services
        .AddSingleton<OptionSecrets>().AddScoped<ScheduleCommands>().AddScoped<ScheduleQueries>()
        .AddScoped<ScheduleChanges>().AddScoped<ScheduleImport>().AddScoped<ScheduleExport>().AddScoped<CrontabSchedules>().AddScoped<DeclaredSchedules>()
        .AddScoped<CalendarCommands>().AddScoped<CalendarQueries>().AddScoped<OccurrenceHistory>().AddScoped<ScheduleBackfill>();
}
