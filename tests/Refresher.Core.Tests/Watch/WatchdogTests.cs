using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Refresher.Core.Watch;
using Refresher.Testing;

namespace Refresher.Core.Tests.Watch;

public sealed class WatchdogTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<DateTimeOffset> _calls = new();
    private TestDatabase _database = null!;
    private FakeHttpServer _elsewhere = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _elsewhere = await FakeHttpServer.StartAsync(http =>
        {
            _calls.Enqueue(TimeProvider.System.GetUtcNow());
            http.Response.StatusCode = (int)HttpStatusCode.OK;
            return Task.CompletedTask;
        });
    }

    public async Task DisposeAsync()
    {
        await _elsewhere.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_calls_while_runs_go_the_whole_way_and_falls_silent_with_the_reason_when_they_do_not()
    {
        await using var scheduler = await StartAsync("scheduler");
        await using var another = await StartAsync("scheduler");
        var worker = await StartAsync("worker");
        await KeepAsync(scheduler, () => _calls.Count >= 3);

        await worker.DisposeAsync();

        var silent = await KeepAsync(scheduler, status => status.Silence is not null);
        Assert.StartsWith("no run of the canary since ", silent.Silence, StringComparison.Ordinal);
        var calls = _calls.Count;
        var health = await Eventually.SeeAsync(() => HealthAsync(scheduler), report => report.Status == HealthStatus.Degraded);
        Assert.StartsWith("silent: no run of the canary since ", health.Description, StringComparison.Ordinal);
        await KeepAsync(scheduler, status => status.Failure is not null);
        Assert.InRange(_calls.Count, calls, calls + 1);

        await using var back = await StartAsync("worker");
        await KeepAsync(scheduler, () => _calls.Count > calls + 1);
        Assert.Null((await scheduler.Services.GetRequiredService<WatchdogState>().ReadAsync(default)).Silence);
    }

    [Fact]
    public async Task It_is_silent_while_any_part_has_not_proved_itself()
    {
        await using var engine = await StartAsync("scheduler,worker");
        await Eventually.SeeAsync(() => engine.Services.GetRequiredService<LivenessMarks>().ReadAsync(default), marks => marks.ContainsKey(LivenessMarks.Runs), seconds: 60);
        foreach (var part in engine.Services.GetServices<LivenessExpectation>().Where(part => part.Name != LivenessMarks.Runs))
        {
            await engine.Services.GetRequiredService<LivenessMarks>().StampAsync(part.Name, default);
        }

        await using (var stale = engine.Services.GetRequiredService<Npgsql.NpgsqlDataSource>().CreateCommand("UPDATE liveness_marks SET at = now() + interval '1 hour' WHERE name = 'runs'"))
        {
            await stale.ExecuteNonQueryAsync();
        }

        var state = ActivatorUtilities.CreateInstance<WatchdogState>(engine.Services, new[] { new LivenessExpectation("runs", "run", TimeSpan.FromSeconds(5)), new LivenessExpectation("never", "thing", TimeSpan.FromSeconds(5)) }.AsEnumerable());
        Assert.Equal("no thing yet", (await state.ReadAsync(default)).Silence);
    }

    [Fact]
    public async Task Several_schedulers_call_once_a_period()
    {
        await using var engine = await StartAsync("scheduler");
        var marks = engine.Services.GetRequiredService<LivenessMarks>();

        var turns = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => marks.TakeTurnAsync("turn", TimeSpan.FromMinutes(1), default)));

        Assert.Single(turns, taken => taken);
        Assert.False(await marks.TakeTurnAsync("turn", TimeSpan.FromMinutes(1), default));
        Assert.True(await marks.TakeTurnAsync("turn", TimeSpan.Zero, default));
    }

    [Fact]
    public async Task An_address_that_must_not_be_called_is_refused_and_the_reason_is_seen()
    {
        await using var engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler,worker",
            ("Watchdog:Url", "http://169.254.169.254/latest"), ("Watchdog:Period", "00:00:00.5"), ("Watchdog:Within", "00:01:00"));

        var status = await KeepAsync(engine, seen => seen is { Failure: { } failure } && failure.Contains("metadata", StringComparison.Ordinal));

        Assert.Null(status.CalledAt);
    }

    private Task<EngineHost> StartAsync(string roles) => EngineHost.StartAsync(
        _database, TestKinds.Catalog, roles, ("Watchdog:Url", new Uri(_elsewhere.Url, "ping").ToString()), ("Watchdog:Period", "00:00:00.5"), ("Watchdog:Within", "00:00:05"));

    private static async Task KeepAsync(EngineHost engine, Func<bool> done) => await KeepAsync(engine, _ => done());

    /// <summary>Stamps for the parts whose own loops this test does not run, and looks until it is so.</summary>
    private static Task<WatchdogStatus> KeepAsync(EngineHost engine, Func<WatchdogStatus, bool> done) => Eventually.SeeAsync(
        async () =>
        {
            foreach (var part in engine.Services.GetServices<LivenessExpectation>().Where(part => part.Name != LivenessMarks.Runs))
            {
                await engine.Services.GetRequiredService<LivenessMarks>().StampAsync(part.Name, default);
            }

            return await engine.Services.GetRequiredService<WatchdogState>().ReadAsync(default);
        },
        done, seconds: 60);

    private static async Task<HealthReportEntry> HealthAsync(EngineHost engine) =>
        (await engine.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(check => check.Name == "watchdog")).Entries["watchdog"];
}
