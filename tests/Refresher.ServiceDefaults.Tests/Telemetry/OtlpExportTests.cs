using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Refresher.Testing.Otlp;

namespace Refresher.ServiceDefaults.Tests.Telemetry;

public sealed class OtlpExportTests
{
    /// <summary>Far from the end of the first export period (5 s for traces and logs, 60 s for metrics), so only the stop can have sent it.</summary>
    [Fact]
    public async Task What_a_process_did_last_reaches_the_collector_when_it_stops()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        using var source = new ActivitySource("Refresher");
        using var meter = new Meter("Refresher");
        await using (var host = await Start(collector))
        {
            using var run = source.StartActivity("a run");
            meter.CreateCounter<int>("refresher.sample").Add(3, new KeyValuePair<string, object?>("kind", "hello"));
            meter.CreateHistogram<double>("refresher.sampled").Record(0.25);
            host.App.Services.GetRequiredService<ILogger<OtlpExportTests>>().LogWarning("the {Word} log", "formatted");
        }

        var span = Assert.Single(collector.Spans, span => span.Name == "a run");
        var point = Assert.Single(collector.Points, point => point.Metric == "refresher.sample");
        Assert.Equal((3, "hello", "sample"), (point.Value, point.Tags["kind"], point.Service));
        Assert.Equal([span.Trace], Assert.Single(collector.Points, point => point is { Metric: "refresher.sampled", Value: 1 }).Traces);
        Assert.Contains(collector.Points, point => point.Metric.StartsWith("dotnet.", StringComparison.Ordinal) && point.Value > 0);
        var log = Assert.Single(collector.Logs, log => log.Text == "the formatted log");
        Assert.Equal((span.Trace, span.Id), (log.Trace, log.Span));
        Assert.Contains("node-7", collector.Resources.Keys);
    }

    [Fact]
    public async Task A_request_is_a_span_and_a_measurement_and_a_probe_is_neither()
    {
        await using var collector = await OtlpReceiver.StartAsync();
        await using (var host = await Start(collector))
        {
            // A caller elsewhere, who has no traces: this process would leave out one that begins with a call of its own, and what it leads to.
            using var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null });
            await client.GetAsync(new Uri($"{host.Addresses[0]}/page"));
            await client.GetAsync(new Uri($"{host.Addresses[0]}/health"));
            await client.GetAsync(new Uri($"{host.Addresses[1]}/metrics"));
        }

        Assert.Contains(collector.Spans, span => span.Name == "GET /page");
        Assert.DoesNotContain(collector.Spans, span => span.Name.Contains("/health", StringComparison.Ordinal) || span.Name.Contains("/metrics", StringComparison.Ordinal));
        Assert.Contains(collector.Points, point => point.Metric == "http.server.request.duration");
    }

    [Fact]
    public async Task A_collector_that_is_gone_does_not_keep_a_process_from_stopping()
    {
        string gone;
        await using (var collector = await OtlpReceiver.StartAsync())
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
