using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Access;
using Refresher.Tasks.SiteMonitor.Probing.Conditions;
using Refresher.Tasks.SiteMonitor.Probing.Http;
using Refresher.Tasks.SiteMonitor.Probing.Names;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>Brings <see cref="SiteProber"/>, <see cref="Connectivity"/> and what they look with.</summary>
internal static class SiteProbing
{
    // SiteMonitor:Probing:SystemResolver = false
    // SiteMonitor:Connectivity:Targets:0 = 192.0.2.1:443
    public static void AddSiteProbing(this IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        builder.Services.AddOptions<ProbingOptions>().BindConfiguration(ProbingOptions.Section);
        builder.Services.AddOptions<ConnectivityOptions>().BindConfiguration(ConnectivityOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.TryAddSingleton(services => new ResolverSettings(services.GetRequiredService<TimeProvider>()));
        builder.Services.TryAddSingleton<HostNames>();
        builder.Services.TryAddSingleton<Connector>();
        builder.Services.TryAddSingleton<Connectivity>();
        builder.Services.TryAddSingleton<DnsProbe>();
        builder.Services.TryAddSingleton<BodyPatterns>();
        builder.Services.TryAddSingleton<CertificateVerdicts>();
        builder.Services.TryAddSingleton<AnswerConditions>();
        builder.Services.TryAddSingleton<HttpProbe>();
        builder.Services.TryAddSingleton<SiteProber>();
    }
}
