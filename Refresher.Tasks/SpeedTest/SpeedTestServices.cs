using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Tasks.SpeedTest.Backend;
using Refresher.Tasks.SpeedTest.Health;
using Refresher.Tasks.SpeedTest.History;
using Refresher.Tasks.SpeedTest.Pages;
using Refresher.Tasks.SpeedTest.Polite;
using Refresher.Tasks.SpeedTest.Public;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What speed tests need, in every process.</summary>
internal static class SpeedTestServices
{
    // SpeedTest:Servers:0 = { Url: https://speed.example.org/backend, Name: …, Latitude: …, Longitude: … }
    // SpeedTest:Directories:0 = librespeed
    public static void AddSpeedTests(this IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        var services = builder.Services;
        services.AddOptions<SpeedTestSettings>().BindConfiguration(SpeedTestSettings.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISpeedDirectory, LibreSpeedDirectory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISpeedDirectory, CloudflareDirectory>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISpeedDirectory, OoklaDirectory>());
        services.TryAddSingleton<DirectoryHttp>();
        services.TryAddScoped<DirectoryReader>();
        services.TryAddScoped<ServerPool>();
        services.TryAddScoped<ServerCommands>();
        services.TryAddScoped<InstallationId>();
        services.TryAddScoped<PublicPace>();
        services.TryAddScoped<DataBudget>();
        services.TryAddScoped<LineTest>();
        services.TryAddScoped<SpeedTestRecorder>();
        services.TryAddScoped<SpeedTestQueries>();
        services.TryAddScoped<DirectoryQueries>();
        services.TryAddScoped<SpeedTestExport>();
        services.TryAddSingleton<SpeedHistory>();
        services.TryAddSingleton<SpeedAnswers>();
        services.TryAddSingleton<BackendUse>();
        services.AddOptions<SpeedServerOptions>().BindConfiguration(SpeedServerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IDigestSection, SpeedTestDigest>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IOverviewPart, SpeedOverview>());
        services.TryAddEnumerable(ServiceDescriptor.Scoped<IPublicPart, PublicSpeedPart>());
    }

    public static void Map(ModelBuilder model)
    {
        var servers = new KnownServerMapping();
        SpeedTestMapping.Map(model);
        model.ApplyConfiguration<KnownServer>(servers);
        model.ApplyConfiguration<DirectoryState>(servers);
        model.ApplyConfiguration(new SpeedSetupMapping());
        model.ApplyConfiguration(new LineHealthMapping());
    }
}
