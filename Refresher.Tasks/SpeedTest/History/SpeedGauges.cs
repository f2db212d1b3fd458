using System.Diagnostics.Metrics;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Telemetry;

namespace Refresher.Tasks.SpeedTest.History;

/// <summary>
/// The last test of each schedule as gauges, for whoever scrapes the metrics. Every worker says the same. When a schedule's next test uses another server, what was said of the one before becomes "not a number".
/// </summary>
internal sealed class SpeedGauges : Loop
{
    /// <summary>Schedules that are told of.</summary>
    private const int Most = 50;

    /// <summary>Sets of labels that are remembered to be taken back.</summary>
    private const int MostPast = 500;

    private const double Megabit = 1_000_000;

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    private readonly IServiceScopeFactory _scopes;
    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private readonly List<Labels> _past = [];
    private Dictionary<Labels, SpeedTestResult> _last = [];
    private bool _looked;

    public SpeedGauges(IServiceScopeFactory scopes, TimeProvider clock, SchemaGate gate, ILogger<SpeedGauges> log)
        : base(gate, log)
    {
        (_scopes, _clock) = (scopes, clock);
        var meter = RefresherTelemetry.Meter;
        meter.CreateObservableGauge("refresher.speed.download", () => Observe(test => test.Download?.Mbps * Megabit), "bit/s", "Download of a schedule's last test, by schedule, server, country and isp; so the others.");
        meter.CreateObservableGauge("refresher.speed.upload", () => Observe(test => test.Upload?.Mbps * Megabit), "bit/s", "Upload of the same.");
        meter.CreateObservableGauge("refresher.speed.data", () => ObserveBoth(direction => direction.Bytes), "By", "Data that was moved, by direction too.");
        meter.CreateObservableGauge("refresher.speed.elapsed", () => ObserveBoth(direction => direction.Seconds), "s", "How long it took, by direction too.");
        meter.CreateObservableGauge("refresher.speed.ping", () => Observe(test => Seconds(test.Idle?.MedianMs)), "s", "Median round trip of the idle line.");
        meter.CreateObservableGauge("refresher.speed.ping.low", () => Observe(test => Seconds(test.Idle?.MinMs)), "s", "Shortest round trip of the idle line.");
        meter.CreateObservableGauge("refresher.speed.ping.high", () => Observe(test => Seconds(test.Idle?.P95Ms)), "s", "95 of 100 round trips of the idle line were shorter.");
        meter.CreateObservableGauge("refresher.speed.ping.jitter", () => Observe(test => Seconds(test.Idle?.JitterMs)), "s", "Mean difference of neighbouring round trips of the idle line.");
        meter.CreateObservableGauge("refresher.speed.loss", () => Observe(test => test.Loss), "1", "Share of packets that the idle line lost, 0 to 1; absent where it is unknown.");
        meter.CreateObservableGauge("refresher.speed.latency", () => ObserveBoth(direction => Seconds(direction.LoadedMs)), "s", "Median round trip under load, by direction too.");
        meter.CreateObservableGauge("refresher.speed.latency.low", () => ObserveBoth(direction => Seconds(direction.LoadedMinMs)), "s", "Shortest round trip under load, by direction too.");
        meter.CreateObservableGauge("refresher.speed.latency.high", () => ObserveBoth(direction => Seconds(direction.LoadedP95Ms)), "s", "95 of 100 round trips under load were shorter, by direction too.");
        meter.CreateObservableGauge("refresher.speed.latency.jitter", () => ObserveBoth(direction => Seconds(direction.LoadedJitterMs)), "s", "Mean difference of neighbouring round trips under load, by direction too.");
        meter.CreateObservableGauge("refresher.speed.succeeded", () => Observe(test => test.Failure is null ? 1 : 0), "{test}", "1 when the last test succeeded, 0 when it failed.");
        meter.CreateObservableGauge("refresher.speed.healthy", () => Observe(test => test.Healthy switch { true => 1, false => 0, null => null }), "{test}", "1 when it found what is expected, 0 when less; absent where nothing is expected.");
        meter.CreateObservableGauge("refresher.speed.tested", () => Observe(test => test.At.ToUnixTimeMilliseconds() / 1000.0), "s", "When the last test began, in seconds since 1970.");
    }

    protected override Task WaitAsync(CancellationToken cancel) => !_looked ? Task.CompletedTask : Task.Delay(Every, _clock, cancel);

    protected override Task RunOnceAsync(CancellationToken cancel) => LookAsync(cancel);

    /// <summary>Reads the last test of each schedule; from then on the gauges tell of it.</summary>
    internal async Task LookAsync(CancellationToken cancel)
    {
        await using var scope = _scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        var last = new Dictionary<Labels, SpeedTestResult>();
        var keys = await db.Schedules.AsNoTracking().Where(s => s.Kind == SpeedTestTask.Name).OrderBy(s => s.Key).Select(s => s.Key).Take(Most).ToListAsync(cancel);
        foreach (var key in keys)
        {
            if (await db.Set<SpeedTestResult>().AsNoTracking().Where(t => t.ScheduleKey == key && !t.SelfTest).OrderByDescending(t => t.At).FirstOrDefaultAsync(cancel) is { } test)
            {
                last[new Labels(key, test.Server?.Name ?? "", test.Server?.CountryCode ?? "", test.ClientIsp ?? "")] = test;
            }
        }

        lock (_lock)
        {
            _past.AddRange(_last.Keys.Where(before => !last.ContainsKey(before)));
            _past.RemoveAll(last.ContainsKey);
            _past.RemoveRange(0, Math.Max(0, _past.Count - MostPast));
            (_last, _looked) = (last, true);
        }
    }

    private static double? Seconds(double? milliseconds) => milliseconds / 1000;

    private List<Measurement<double>> Observe(Func<SpeedTestResult, double?> value)
    {
        var measured = new List<Measurement<double>>();
        lock (_lock)
        {
            measured.AddRange(_past.Select(labels => new Measurement<double>(double.NaN, labels.Tags)));
            foreach (var (labels, test) in _last)
            {
                Add(measured, value(test), labels.Tags);
            }
        }

        return measured;
    }

    private List<Measurement<double>> ObserveBoth(Func<SpeedTestDirection, double?> value)
    {
        var measured = new List<Measurement<double>>();
        lock (_lock)
        {
            measured.AddRange(_past.SelectMany(labels => (Measurement<double>[])[new(double.NaN, labels.TagsOf("download")), new(double.NaN, labels.TagsOf("upload"))]));
            foreach (var (labels, test) in _last)
            {
                Add(measured, test.Download is { } download ? value(download) : null, labels.TagsOf("download"));
                Add(measured, test.Upload is { } upload ? value(upload) : null, labels.TagsOf("upload"));
            }
        }

        return measured;
    }

    private static void Add(List<Measurement<double>> measured, double? value, KeyValuePair<string, object?>[] tags)
    {
        if (value is { } known)
        {
            measured.Add(new(known, tags));
        }
    }

    private sealed record Labels(string Schedule, string Server, string Country, string Isp)
    {
        public KeyValuePair<string, object?>[] Tags => [new("schedule", Schedule), new("server", Server), new("country", Country), new("isp", Isp)];

        public KeyValuePair<string, object?>[] TagsOf(string direction) => [.. Tags, new("direction", direction)];
    }
}
