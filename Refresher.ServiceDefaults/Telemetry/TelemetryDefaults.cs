using System.Diagnostics.Metrics;
using System.Reflection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Refresher.ServiceDefaults.Prometheus;

namespace Refresher.ServiceDefaults.Telemetry;

/// <summary>Which traces, metrics and logs a process gives, and to whom. The names are listed in docs/telemetry.md.</summary>
internal static class TelemetryDefaults
{
    /// <summary>The program's own source and meter; everything else is .NET's and the database client's.</summary>
    private const string Own = "Refresher";

    private const string HttpClientMeter = "System.Net.Http";

    internal static readonly string[] Sources = [Own, "Microsoft.AspNetCore", "System.Net.Http", "Npgsql"];

    internal static readonly string[] Meters = [Own, "System.Runtime", "Microsoft.AspNetCore.Hosting", HttpClientMeter, "Npgsql"];

    /// <summary>Without the server's name: a thousand watched sites must not become a thousand series.</summary>
    private static readonly MetricStreamConfiguration WithoutServer = new()
    {
        TagKeys = ["http.request.method", "http.response.status_code", "http.connection.state", "error.type", "url.scheme", "network.protocol.version"],
    };

    internal static void AddTelemetry(this IHostApplicationBuilder builder)
    {
        // .NET 10 leaves the request's method and path out of its spans unless it is asked for them.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", false);
        builder.Services.AddTransient<IStartupFilter, RequestSpans>();

        var telemetry = builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => Describe(resource, builder))
            .WithTracing(tracing => Sampled(tracing.AddSource(Sources), builder.Configuration))
            .WithMetrics(metrics => metrics.AddMeter(Meters).AddView(BoundedView).SetExemplarFilter(ExemplarFilterType.TraceBased).AddPrometheusReader());

        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            builder.Logging.AddOpenTelemetry(logging =>
            {
                logging.IncludeFormattedMessage = true;
                logging.IncludeScopes = true;
            });
            telemetry.UseOtlpExporter();
        }
    }

    /// <summary>What <c>OTEL_TRACES_SAMPLER</c> says, and everything that is worth reading when it says nothing.</summary>
    private static void Sampled(TracerProviderBuilder tracing, IConfiguration configuration)
    {
        if (string.IsNullOrWhiteSpace(configuration["OTEL_TRACES_SAMPLER"]))
        {
            tracing.SetSampler(new ParentBasedSampler(new TraceBeginnings()));
        }
    }

    private static MetricStreamConfiguration? BoundedView(Instrument instrument) =>
        instrument.Meter.Name == HttpClientMeter ? WithoutServer : null;

    /// <summary>What <c>OTEL_SERVICE_NAME</c> and <c>OTEL_RESOURCE_ATTRIBUTES</c> say comes last, and so wins.</summary>
    private static void Describe(ResourceBuilder resource, IHostApplicationBuilder builder) => resource
        .AddService(
            builder.Environment.ApplicationName,
            serviceVersion: Assembly.GetEntryAssembly()?.GetName().Version?.ToString(3),
            serviceInstanceId: builder.Configuration["Node:Name"] ?? $"{Environment.MachineName}-{Environment.ProcessId}")
        .AddEnvironmentVariableDetector();
}
