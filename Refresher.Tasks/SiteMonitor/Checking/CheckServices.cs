using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Outbox;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Maintenance;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>What makes a worker check sites and keep what was found.</summary>
internal static class CheckServices
{
    // SiteMonitor: { Concurrency: 1000, Lease: "00:00:06", Retention: "30.00:00:00" }
    public static void AddSiteChecks(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddCheckOptions();
        services.TryAddSingleton<MaintenanceCatalog>();
        services.AddSingleton<CheckPace>().AddSingleton<ClaimsInHand>().AddSingleton<CheckClaims>().AddSingleton<CheckCommit>().AddSingleton<CheckRunner>();

        // What begins first ends last: the loop ends, what it found is written, what it still holds is given back.
        services.AddSingleton<CheckerLease>().AddHostedService(provider => provider.GetRequiredService<CheckerLease>());
        services.AddSingleton<CheckRecorder>().AddHostedService(provider => provider.GetRequiredService<CheckRecorder>());
        services.AddHostedService<CheckLoop>();
        services.AddHostedService<CheckLiveness>();
    }

    public static void AddCheckHistory(this IHostApplicationBuilder builder)
    {
        var services = builder.Services;
        builder.AddCheckOptions();
        services.AddSingleton<CheckPartitions>();
        services.AddEventConsumer<CheckWriter>();
        services.AddHostedService<CheckRetention>();
        services.AddHostedService<SiteGauges>();
    }

    private static void AddCheckOptions(this IHostApplicationBuilder builder) =>
        builder.Services.AddOptions<CheckOptions>().BindConfiguration(CheckOptions.Section).ValidateDataAnnotations().ValidateOnStart();
}
