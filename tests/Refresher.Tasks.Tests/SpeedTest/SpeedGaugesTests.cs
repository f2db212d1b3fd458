using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Refresher.Core;
using Refresher.Core.Data;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.History;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class SpeedGaugesTests(SpeedTestFixture tests) : IClassFixture<SpeedTestFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_last_test_of_a_schedule_is_told_in_base_units()
    {
        await using var services = tests.Services([]);
        await KeepAsync(services, "values", Test("values", Start.AddHours(-1), "Old", "DE", 10), Test("values", Start, "New", "SE", 200));
        var gauges = Gauges(services);
        await gauges.LookAsync(default);

        var told = Read("values");

        const string Labels = "schedule=values,server=New,country=SE,isp=Line & Sons";
        Assert.Equal(200e6, told[$"refresher.speed.download,{Labels}"]);
        Assert.Equal(20e6, told[$"refresher.speed.upload,{Labels}"]);
        Assert.Equal((125e6, 12.5e6), (told[$"refresher.speed.data,{Labels},direction=download"], told[$"refresher.speed.data,{Labels},direction=upload"]));
        Assert.Equal((5, 5), (told[$"refresher.speed.elapsed,{Labels},direction=download"], told[$"refresher.speed.elapsed,{Labels},direction=upload"]));
        Assert.Equal(
            (0.012, 0.010, 0.020, 0.002),
            (told[$"refresher.speed.ping,{Labels}"], told[$"refresher.speed.ping.low,{Labels}"], told[$"refresher.speed.ping.high,{Labels}"], told[$"refresher.speed.ping.jitter,{Labels}"]));
        Assert.Equal(
            (0.040, 0.030, 0.080, 0.004),
            (told[$"refresher.speed.latency,{Labels},direction=download"], told[$"refresher.speed.latency.low,{Labels},direction=download"], told[$"refresher.speed.latency.high,{Labels},direction=download"], told[$"refresher.speed.latency.jitter,{Labels},direction=download"]));
        Assert.Equal(0.03, told[$"refresher.speed.loss,{Labels}"]);
        Assert.Equal((1, 0), (told[$"refresher.speed.succeeded,{Labels}"], told[$"refresher.speed.healthy,{Labels}"]));
        Assert.Equal(Start.ToUnixTimeSeconds(), told[$"refresher.speed.tested,{Labels}"]);
        Assert.DoesNotContain(told.Keys, key => key.Contains("server=Old", StringComparison.Ordinal));
        GC.KeepAlive(gauges);
    }

    [Fact]
    public async Task What_failed_says_so_and_has_no_rate()
    {
        await using var services = tests.Services([]);
        await KeepAsync(services, "failing", new SpeedTestResult { Id = Guid.CreateVersion7(Start), RunId = Guid.CreateVersion7(Start), ScheduleKey = "failing", At = Start, Failure = "no answer" });
        var gauges = Gauges(services);
        await gauges.LookAsync(default);

        var told = Read("failing");

        Assert.Equal(
            [("refresher.speed.succeeded,schedule=failing,server=,country=,isp=", 0.0), ("refresher.speed.tested,schedule=failing,server=,country=,isp=", Start.ToUnixTimeSeconds())],
            told.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => (one.Key, one.Value)));
        GC.KeepAlive(gauges);
    }

    [Fact]
    public async Task What_was_told_of_a_server_before_is_taken_back()
    {
        await using var services = tests.Services([]);
        await KeepAsync(services, "moving", Test("moving", Start, "First", "DE", 100));
        var gauges = Gauges(services);
        await gauges.LookAsync(default);
        await KeepAsync(services, null, Test("moving", Start.AddHours(1), "Second", "DE", 90));
        await gauges.LookAsync(default);

        var told = Read("moving");

        Assert.Equal(double.NaN, told["refresher.speed.download,schedule=moving,server=First,country=DE,isp=Line & Sons"]);
        Assert.Equal(double.NaN, told["refresher.speed.data,schedule=moving,server=First,country=DE,isp=Line & Sons,direction=upload"]);
        Assert.Equal(90e6, told["refresher.speed.download,schedule=moving,server=Second,country=DE,isp=Line & Sons"]);
        GC.KeepAlive(gauges);
    }

    private static SpeedGauges Gauges(ServiceProvider services) =>
        new(services.GetRequiredService<IServiceScopeFactory>(), TimeProvider.System, new SchemaGate(), NullLogger<SpeedGauges>.Instance);

    /// <summary>What the gauges tell of a schedule now, each by its name and labels.</summary>
    private static Dictionary<string, double> Read(string schedule)
    {
        var told = new Dictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, own) =>
        {
            if (instrument.Name.StartsWith("refresher.speed.", StringComparison.Ordinal))
            {
                own.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
        {
            var labels = string.Join(',', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            if (labels.StartsWith($"schedule={schedule},", StringComparison.Ordinal))
            {
                told[$"{instrument.Name},{labels}"] = value;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return told;
    }

    private static SpeedTestResult Test(string schedule, DateTimeOffset at, string server, string country, double mbps) => new()
    {
        Id = Guid.CreateVersion7(at),
        RunId = Guid.CreateVersion7(at),
        ScheduleKey = schedule,
        At = at,
        Server = new SpeedTestServer { Url = $"http://{server}/", Name = server, CountryCode = country },
        ClientIsp = "Line & Sons",
        Idle = new SpeedTestLatency { MinMs = 10, MedianMs = 12, P95Ms = 20, JitterMs = 2 },
        Echoes = 100,
        EchoesLost = 3,
        Download = Direction(mbps),
        Upload = Direction(mbps / 10),
        Healthy = false,
    };

    private static SpeedTestDirection Direction(double mbps) => new()
    {
        Mbps = mbps,
        Bytes = (long)(mbps * 1e6 / 8 * 5),
        Seconds = 5,
        Stopped = "time",
        Curve = [],
        LoadedMinMs = 30,
        LoadedMs = 40,
        LoadedP95Ms = 80,
        LoadedJitterMs = 4,
    };

    private static async Task KeepAsync(ServiceProvider services, string? schedule, params SpeedTestResult[] kept)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        if (schedule is not null)
        {
            db.Schedules.Add(new Schedule { Id = Guid.CreateVersion7(), Key = schedule, Name = schedule, Kind = SpeedTestTask.Name, Options = "{}", Cadence = new EveryCadence(TimeSpan.FromDays(1)) });
        }

        db.AddRange(kept);
        await db.SaveChangesAsync();
    }
}
