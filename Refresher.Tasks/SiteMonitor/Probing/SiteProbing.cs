using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Access;
using Refresher.Tasks.SiteMonitor.Probing.Conditions;
using Refresher.Tasks.SiteMonitor.Probing.Http;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>Brings <see cref="SiteProber"/> and what it looks with.</summary>
internal static class SiteProbing
{
    public static void AddSiteProbing(this IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        builder.Services.TryAddSingleton<Connector>();
        builder.Services.TryAddSingleton<BodyPatterns>();
        builder.Services.TryAddSingleton<AnswerConditions>();
        builder.Services.TryAddSingleton<HttpProbe>();
        builder.Services.TryAddSingleton<SiteProber>();
    }
}
