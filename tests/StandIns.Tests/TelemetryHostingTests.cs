using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace StandIns.Tests;

public sealed class TelemetryHostingTests
{
    [Fact]
    public async Task What_is_not_sent_yet_is_sent_when_the_host_ends()
    {
        using var source = new ActivitySource("test.flush");
        using var meter = new Meter("test.flush");
        var spans = new Kept<Activity>(span => span.DisplayName);
        var metrics = new Kept<Metric>(metric => metric.Name);
        var logs = new Kept<LogRecord>(log => log.FormattedMessage ?? "");
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddSource(source.Name).AddProcessor(new BatchActivityExportProcessor(spans)))
            .WithMetrics(reading => reading.AddMeter(meter.Name).AddReader(new PeriodicExportingMetricReader(metrics)))
            .WithLogging(logging => logging.AddProcessor(new BatchLogRecordExportProcessor(logs)), options => options.IncludeFormattedMessage = true);

        using (var host = builder.Build())
        {
            await host.StartAsync();
            source.StartActivity("a span")?.Dispose();
            meter.CreateCounter<int>("a.counter").Add(1);
            host.Services.GetRequiredService<ILogger<TelemetryHostingTests>>().LogWarning("a {Word}", "log");
            await host.StopAsync();
        }

        Assert.Equal(["a span"], spans.Names);
        Assert.Equal(["a.counter"], metrics.Names);
        Assert.Contains("a log", logs.Names);
        Assert.True(spans.Closed && metrics.Closed && logs.Closed);
    }

    [Fact]
    public async Task What_other_services_do_when_they_start_is_seen()
    {
        using var source = new ActivitySource("test.start");
        var spans = new Kept<Activity>(span => span.DisplayName);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddHostedService(_ => new Starting(source));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(source.Name).AddProcessor(new SimpleActivityExportProcessor(spans)));

        using var host = builder.Build();
        await host.StartAsync();

        Assert.Equal(["starting"], spans.Names);
        await host.StopAsync();
    }

    [Fact]
    public async Task Two_libraries_that_ask_for_telemetry_share_one_provider()
    {
        using var one = new ActivitySource("test.one");
        using var two = new ActivitySource("test.two");
        var spans = new Kept<Activity>(span => span.DisplayName);
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(one.Name));
        builder.Services.AddOpenTelemetry().WithTracing(tracing => tracing.AddSource(two.Name).AddProcessor(new SimpleActivityExportProcessor(spans)));

        using var host = builder.Build();
        await host.StartAsync();
        one.StartActivity("one")?.Dispose();
        two.StartActivity("two")?.Dispose();

        Assert.Single(host.Services.GetServices<TracerProvider>());
        Assert.Equal(["one", "two"], spans.Names);
        await host.StopAsync();
    }

    [Fact]
    public void The_resource_is_the_same_for_every_signal()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("tested"))
            .WithTracing()
            .WithMetrics()
            .WithLogging();
        using var host = builder.Build();

        BaseProvider[] providers =
        [
            host.Services.GetRequiredService<TracerProvider>(),
            host.Services.GetRequiredService<MeterProvider>(),
            host.Services.GetRequiredService<LoggerProvider>(),
        ];

        Assert.All(providers, provider => Assert.Contains(provider.GetResource().Attributes, attribute => attribute is { Key: "service.name", Value: "tested" }));
    }

    private sealed class Starting(ActivitySource source) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            source.StartActivity("starting")?.Dispose();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>Keeps the names of what it is given to export.</summary>
    private sealed class Kept<T>(Func<T, string> name) : BaseExporter<T>
        where T : class
    {
        public List<string> Names { get; } = [];

        public bool Closed { get; private set; }

        public override ExportResult Export(in Batch<T> batch)
        {
            foreach (var item in batch)
            {
                Names.Add(name(item));
            }

            return ExportResult.Success;
        }

        protected override bool OnShutdown(int timeoutMilliseconds) => Closed = true;
    }
}
