using System.ComponentModel;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Alerts;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Contract;
using Refresher.Core.Execution;
using Refresher.Core.Http;
using Refresher.Core.Watch;
using Refresher.Tasks.SiteMonitor.Api;
using Refresher.Tasks.SiteMonitor.Checking;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Pages;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Public;
using Refresher.Tasks.SiteMonitor.Public.Admin;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor;

/// <summary>Watches sites: a loop in the workers looks at each at its exact interval. It runs no schedules.</summary>
[Description("Watches sites and tells when one goes down, comes back, is slow or has a certificate that expires.")]
internal sealed class SiteMonitorKind : IKind
{
    public static string Name => "site-monitor";

    public static IReadOnlyList<KindPage> Pages =>
    [
        new("Sites", "/sites", "world", "g i"),
        new("Incidents", "/incidents", "alert-triangle", "g d"),
        new("Maintenance", "/maintenance", "tool", "g m"),
        new("What is public", "/public", "eye", "g u"),
    ];

    public static IReadOnlyList<AlertCondition> Conditions => SiteConditions.All;

    public static Task SetUpExamplesAsync(IServiceProvider services, CancellationToken cancel) => SiteExamples.SetUpAsync(services, cancel);

    public static Task<int> CountExamplesAsync(IServiceProvider services, CancellationToken cancel) => SiteExamples.CountAsync(services, cancel);

    public static Task<int> RemoveExamplesAsync(IServiceProvider services, CancellationToken cancel) => SiteExamples.RemoveAsync(services, cancel);

    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddSiteProbing();
        var services = builder.Services;
        services.AddStatusPage();
        services.AddSingleton(new LivenessExpectation(LivenessMarks.Checks, "check of a site", CheckLiveness.Within));
        services.TryAddSingleton<SiteSecrets>();
        services.TryAddSingleton<UptimeQueries>();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IDigestSection, SiteDigest>());
        services.TryAddScoped<SiteDepartures>();
        services.TryAddScoped<SiteCommands>();
        services.TryAddScoped<SiteQueries>();
        services.TryAddScoped<CheckQueries>();
        services.TryAddScoped<CheckNow>();
        services.TryAddScoped<IncidentQueries>();
        services.TryAddScoped<IncidentCommands>();
        services.TryAddScoped<MaintenanceQueries>();
        services.TryAddSingleton<MaintenanceCatalog>();
        services.TryAddScoped<MaintenanceCommands>();
        services.AddSitePages();
    }

    public static void AddWorkers(IHostApplicationBuilder builder)
    {
        if (builder.RunsRole(WorkerRoles.Checks))
        {
            builder.AddSiteChecks();
        }

        if (builder.RunsRole(WorkerRoles.Consumers))
        {
            builder.AddCheckHistory();
        }
    }

    public static void MapModel(ModelBuilder model)
    {
        var states = new SiteStateMapping();
        var incidents = new IncidentMapping();
        model.ApplyConfiguration(new SiteMapping());
        model.ApplyConfiguration<SiteState>(states);
        model.ApplyConfiguration<Checker>(states);
        model.ApplyConfiguration<Incident>(incidents);
        model.ApplyConfiguration<IncidentUpdate>(incidents);
        model.ApplyConfiguration(new MaintenanceMapping());
        model.ApplyConfiguration(new SiteCheckMapping());
        model.ApplyConfiguration(new SiteRollupMapping());
        model.MapStatusPage();
    }

    public static void MapEndpoints(IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapApiGroup();
        api.MapSites();
        api.MapSiteActions();
        api.MapIncidents();
        api.MapMaintenance();
        api.MapStatusPagesApi();
    }

    public static void MapPublic(IEndpointRouteBuilder endpoints) => endpoints.MapStatusData();

    public static void MapActions(RouteGroupBuilder actions)
    {
        PublicActions.Map(actions);
        SitePageActions.Map(actions);
    }

    public static void MapPublicPages(IEndpointRouteBuilder endpoints) => endpoints.MapStatusPages();
}
