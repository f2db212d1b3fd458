using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Alerts;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Health;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>What a line is judged by, and when somebody is told.</summary>
public sealed class SpeedHealthTests : IAsyncLifetime
{
    private const string Key = "line";

    private static readonly SpeedTestOptions Small = new() { Duration = TimeSpan.FromSeconds(1), MaxMegabytes = 4, MaxStreams = 2, Upload = false };

    private readonly SpeedTestFixture _tests = new();

    public async Task InitializeAsync()
    {
        await _tests.InitializeAsync();
        await WithAsync(services => services.GetRequiredService<ScheduleCommands>().CreateAsync(new ScheduleInput
        {
            Key = Key,
            Name = "The line",
            Kind = SpeedTestTask.Name,
            Tags = ["home"],
            Cadence = JsonElement.Parse("""{"type": "every", "every": "01:00:00"}"""),
        }, default));
    }

    public Task DisposeAsync() => _tests.DisposeAsync();

    [Fact]
    public async Task Less_than_the_plan_is_told_once_after_another_server_found_the_same_and_so_is_its_end()
    {
        await using var one = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);
        await using var other = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);
        SpeedServer[] servers = [new() { Url = new Uri(one.Url, "backend"), Name = "One" }, new() { Url = new Uri(other.Url, "backend"), Name = "Other" }];
        var tooMuch = Small with { PlanDownload = 1_000_000, HealthyPercent = 50, Prefer = ["One"] };

        await RunAsync(tooMuch, servers);
        await RunAsync(tooMuch, servers);
        await RunAsync(Small with { PlanDownload = 0.1 }, servers);

        var told = await ChangesAsync();
        Assert.Equal([true, false], told.Select(change => change.Active));
        Assert.Equal(told[0].EpisodeId, told[1].EpisodeId);
        Assert.All(told, change => Assert.Equal(("speed.low", "The line", "/speed?schedule=line"), (change.Condition, change.SubjectName, change.Path)));
        Assert.Contains("below 500000 (50 % of the plan's 1000000)", told[0].Reason, StringComparison.Ordinal);
        Assert.Contains(told[0].Facts, fact => fact.Key == "Confirmation" && fact.Value.StartsWith("One had found: download", StringComparison.Ordinal));
        Assert.Equal(["home"], told[0].Tags);
        var tests = await TestsAsync();
        Assert.Equal([("One", false, false), ("Other", false, true), ("One", false, false)], tests.Take(3).Select(test => (test.Server!.Name, test.Healthy!.Value, test.Confirms is not null)));
        Assert.Equal(tests[0].Id, tests[1].Confirms);
        Assert.True(tests[3].Healthy);
    }

    [Fact]
    public async Task A_server_that_is_at_fault_itself_wakes_nobody()
    {
        await using var slow = await FakeHttpServer.StartAsync(app =>
        {
            app.Use(async (http, next) =>
            {
                await Task.Delay(300, http.RequestAborted);
                await next(http);
            });
            app.UseRouting();
            SpeedTestBackend.Map(app);
        });
        await using var quick = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);
        SpeedServer[] servers = [new() { Url = new Uri(slow.Url, "backend"), Name = "Slow" }, new() { Url = new Uri(quick.Url, "backend"), Name = "Quick" }];

        await RunAsync(Small with { MaxPing = 150, Prefer = ["Slow"] }, servers);

        var tests = await TestsAsync();
        Assert.Equal([("Slow", false), ("Quick", true)], tests.Select(test => (test.Server!.Name, test.Healthy!.Value)));
        Assert.Contains("ping ", tests[0].Complaint, StringComparison.Ordinal);
        Assert.Empty(await ChangesAsync());
    }

    [Fact]
    public async Task Where_there_is_no_other_server_the_second_bad_test_in_a_row_is_told()
    {
        await using var only = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);
        SpeedServer[] servers = [new() { Url = new Uri(only.Url, "backend"), Name = "Only" }];
        var tooMuch = Small with { PlanDownload = 1_000_000 };

        await RunAsync(tooMuch, servers);
        Assert.Empty(await ChangesAsync());
        await RunAsync(tooMuch, servers);

        Assert.Contains("no other server", Assert.Single(await ChangesAsync()).Facts.Single(fact => fact.Key == "Confirmation").Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_open_is_over_when_the_schedule_is_gone()
    {
        await using var only = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);
        SpeedServer[] servers = [new() { Url = new Uri(only.Url, "backend"), Name = "Only" }];
        var tooMuch = Small with { PlanDownload = 1_000_000 };
        await RunAsync(tooMuch, servers);
        await RunAsync(tooMuch, servers);
        await WithAsync(services => services.GetRequiredService<RefresherDb>().Schedules.Where(s => s.Key == Key).ExecuteDeleteAsync());

        await WithAsync(services => ActivatorUtilities.CreateInstance<HealthUpkeep>(services).EndAsync(services.GetRequiredService<RefresherDb>(), default));

        var told = await ChangesAsync();
        Assert.Equal([true, false], told.Select(change => change.Active));
        Assert.Equal("its schedule is gone", told[1].Reason);
    }

    [Fact]
    public void A_failed_test_is_neither_healthy_nor_not()
    {
        var thresholds = new SpeedTestThresholds { DownloadMbps = 100, Percent = 80 };
        var test = new SpeedTestResult { Failure = "no answer", Download = Rate(10) };

        Assert.Null(thresholds.Judge(test));
    }

    [Theory]
    [InlineData(80.0, 20.0, "")]
    [InlineData(79.9, 20.0, "download 79.9 Mbit/s, below 80 (80 % of the plan's 100)")]
    [InlineData(80.0, 20.1, "ping 20.1 ms, above 20")]
    [InlineData(10.0, 30.0, "download 10.0 Mbit/s, below 80 (80 % of the plan's 100); ping 30.0 ms, above 20")]
    public void What_falls_short_is_said(double download, double ping, string says)
    {
        var thresholds = new SpeedTestThresholds { DownloadMbps = 100, Percent = 80, PingMs = 20 };

        Assert.Equal(says, thresholds.Judge(new SpeedTestResult { Download = Rate(download), Idle = new SpeedTestLatency { MedianMs = ping } }));
    }

    private static SpeedTestDirection Rate(double mbps) => new() { Mbps = mbps, Stopped = "time", Curve = [] };

    private async Task RunAsync(SpeedTestOptions options, SpeedServer[] servers)
    {
        var (outcome, _) = await _tests.RunFirstAsync(options, new RunHarness { Schedule = Key }, servers);
        Assert.IsType<RunOutcome.SuccessOutcome>(outcome);
    }

    private async Task<IReadOnlyList<StateChange>> ChangesAsync()
    {
        await using var connection = new NpgsqlConnection(_tests.ConnectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand("SELECT payload FROM outbox WHERE type = 'state.changed' ORDER BY id", connection);
        await using var row = await command.ExecuteReaderAsync();
        var changes = new List<StateChange>();
        while (await row.ReadAsync())
        {
            changes.Add(JsonSerializer.Deserialize(row.GetFieldValue<byte[]>(0), AlertJson.Default.StateChange)!);
        }

        return changes;
    }

    private async Task<IReadOnlyList<SpeedTestResult>> TestsAsync()
    {
        IReadOnlyList<SpeedTestResult> tests = [];
        await WithAsync(async services => tests = await services.GetRequiredService<RefresherDb>().Set<SpeedTestResult>().OrderBy(test => test.Id).ToListAsync());
        return tests;
    }

    private async Task WithAsync(Func<IServiceProvider, Task> act)
    {
        await using var services = _tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        await act(scope.ServiceProvider);
    }
}
