using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.ServiceDefaults.Health;
using Refresher.ServiceDefaults.Management;
using Refresher.ServiceDefaults.Prometheus;
using Refresher.ServiceDefaults.Telemetry;

namespace Refresher.ServiceDefaults;

/// <summary>What every process of the system has in common: telemetry, health, the management port and a clean stop.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// <code>
    /// OTEL_EXPORTER_OTLP_ENDPOINT   where traces, metrics and logs go; none are sent without it
    /// Management:Port               where /metrics and the internal end points answer; 0 takes a free port; none without it
    /// Management:Address            the interface of that port; 127.0.0.1 unless it is said
    /// Logging:Console:FormatterName "json" or "simple" instead of the one-line form
    /// </code>
    /// </summary>
    public static TBuilder AddServiceDefaults<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        builder.AddLineConsole();
        builder.AddTelemetry();
        builder.AddHealth();
        builder.AddManagementPort();

        // Shorter than the 30 s that orchestrators give before they kill.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(25));
        return builder;
    }

    /// <summary><c>/health</c> and <c>/alive</c> on every port of the process, <c>/metrics</c> on its management port.</summary>
    public static WebApplication MapDefaultEndpoints(this WebApplication app)
    {
        app.MapHealth();
        app.MapManagement().MapPrometheus();
        return app;
    }
}
