using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using OpenTelemetry.Metrics;

namespace Refresher.ServiceDefaults.Prometheus;

/// <summary>Wires the exporter to the meters on one side and to <c>/metrics</c> on the other.</summary>
internal static class PrometheusEndpoint
{
    internal static MeterProviderBuilder AddPrometheusReader(this MeterProviderBuilder metrics) => metrics
        .ConfigureServices(services => services.TryAddSingleton<PrometheusExporter>())
        .AddReader(services => new BaseExportingMetricReader(services.GetRequiredService<PrometheusExporter>()));

    internal static void MapPrometheus(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/metrics", (HttpRequest request, PrometheusExporter exporter) =>
    {
        var format = PrometheusFormat.WantedBy(request);
        return exporter.Scrape(format) is { } text
            ? Results.Text(text, format.ContentType)
            : Results.Text("The metrics could not be read in time.", statusCode: StatusCodes.Status503ServiceUnavailable);
    });
}
