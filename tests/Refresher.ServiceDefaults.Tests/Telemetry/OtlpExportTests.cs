using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

public sealed class OtlpExportTests
{
    /// <summary>Far from the end of the first export period (5 s for traces and logs, 60 s for metrics), so only the stop can have sent it.</summary>
    [Fact]
    public async Task What_a_process_did_last_reaches_the_collector_when_it_stops()
    {
        await using var collector = await OtlpReceiver.Start();
        using var source = new ActivitySource("Refresher");
        using var meter = new Meter("Refresher");
        await using (var host = await Start(collector))
        {
            source.StartActivity("a run")?.Dispose();
            meter.CreateCounter<int>("refresher.sample").Add(1);
            host.App.Services.GetRequiredService<ILogger<OtlpExportTests>>().LogWarning("the {Word} log", "formatted");
        }

        Assert.Contains("a run", collector.Spans);
        Assert.Contains("refresher.sample", collector.Metrics);
        Assert.Contains(collector.Metrics, name => name.StartsWith("dotnet.", StringComparison.Ordinal));
        Assert.Contains("the formatted log", collector.Logs);
        Assert.Contains("sample", collector.Services);
        Assert.Contains("node-7", collector.Services);
    }

    [Fact]
    public async Task A_request_is_a_span_and_a_measurement_and_a_probe_is_neither()
    {
        await using var collector = await OtlpReceiver.Start();
        await using (var host = await Start(collector))
        {
            using var client = new HttpClient();
            await client.GetAsync(new Uri($"{host.Addresses[0]}/page"));
            await client.GetAsync(new Uri($"{host.Addresses[0]}/health"));
            await client.GetAsync(new Uri($"{host.Addresses[1]}/metrics"));
        }

        Assert.Contains("GET /page", collector.Spans);
        Assert.DoesNotContain(collector.Spans, span => span.Contains("/health", StringComparison.Ordinal) || span.Contains("/metrics", StringComparison.Ordinal));
        Assert.Contains("http.server.request.duration", collector.Metrics);
    }

    [Fact]
    public async Task A_collector_that_is_gone_does_not_keep_a_process_from_stopping()
    {
        string gone;
        await using (var collector = await OtlpReceiver.Start())
        {
            gone = collector.Address;
        }

        var host = await SampleHost.Start("http://127.0.0.1:0", "0", null, [.. Settings(gone)]);
        var watch = Stopwatch.StartNew();
        await host.DisposeAsync();

        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(25));
    }

    [Fact]
    public async Task The_name_that_the_orchestrator_gives_wins()
    {
        await using var app = SampleHost.Build([new("OTEL_SERVICE_NAME", "named")]);

        Assert.Contains(app.Services.GetRequiredService<TracerProvider>().GetResource().Attributes, attribute => attribute is { Key: "service.name", Value: "named" });
    }

    private static Task<SampleHost> Start(OtlpReceiver collector) =>
        SampleHost.Start("http://127.0.0.1:0", "0", null, [.. Settings(collector.Address)]);

    private static IEnumerable<KeyValuePair<string, string?>> Settings(string endpoint) =>
    [
        new("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint),
        new("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf"),
        new("Node:Name", "node-7"),
    ];
}
