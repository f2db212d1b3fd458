using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Probing.Names;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>A prober with the services that a worker gives it.</summary>
internal sealed class ProberUnderTest : IDisposable
{
    private readonly WebApplication _app;

    public ProberUnderTest(params (string Key, string Value)[] settings)
        : this(null, settings)
    {
    }

    private ProberUnderTest(System.Net.IPEndPoint? nameServer, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.Services.TryAddSingleton(TimeProvider.System);
        if (nameServer is not null)
        {
            builder.Services.AddSingleton(services => new ResolverSettings(services.GetRequiredService<TimeProvider>(), nameServer));
        }

        builder.AddSiteProbing();
        _app = builder.Build();
    }

    /// <summary>Names are asked of this server, and of no file.</summary>
    public static ProberUnderTest WithNameServer(System.Net.IPEndPoint server) => new(server);

    public IServiceProvider Services => _app.Services;

    /// <summary>One look, which ends within its time limit and a moment.</summary>
    public Task<CheckResult> CheckAsync(CheckSpec spec) =>
        Services.GetRequiredService<SiteProber>().CheckAsync(spec, CancellationToken.None).WaitAsync(spec.Timeout + TimeSpan.FromSeconds(20));

    public Task<CheckResult> HttpAsync(Uri url, HttpCheck? http = null, double seconds = 10) =>
        CheckAsync(new CheckSpec { Target = url.ToString(), Http = http, Timeout = TimeSpan.FromSeconds(seconds) });

    public void Dispose() => ((IDisposable)_app).Dispose();
}
