using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Polite;
using Refresher.Tasks.SpeedTest.Servers;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>What is not done to servers that others lend.</summary>
public sealed class SpeedPoliteTests : IAsyncLifetime
{
    private static readonly SpeedTestOptions Small = new() { Duration = TimeSpan.FromSeconds(1), MaxMegabytes = 4, MaxStreams = 2, Upload = false };

    private readonly SpeedTestFixture _tests = new();

    public Task InitializeAsync() => _tests.InitializeAsync();

    public Task DisposeAsync() => _tests.DisposeAsync();

    [Fact]
    public async Task Nobody_is_asked_before_a_directory_is_switched_on_and_nobody_after_it_is_switched_off()
    {
        var asked = 0;
        await using var list = await FakeHttpServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            return http.Response.WriteAsync("""[{"name": "Paris, France", "server": "http://127.0.0.1:9/"}]""");
        });
        await WithAsync(async services =>
        {
            var commands = services.GetRequiredService<ServerCommands>();
            var pool = services.GetRequiredService<ServerPool>();
            await commands.SetAsync("librespeed", new DirectoryInput { ListUrl = list.Url.ToString() }, default);

            Assert.Empty(await pool.ListAsync([], default));
            Assert.Equal(0, asked);

            await commands.SetAsync("librespeed", new DirectoryInput { Enabled = true }, default);
            Assert.Equal("FR", Assert.Single(await pool.ListAsync([], default)).CountryCode);
            Assert.Equal(1, asked);
            Assert.Single(await pool.ListAsync(["librespeed"], default));
            Assert.Empty(await pool.ListAsync(["own"], default));

            await commands.SetAsync("librespeed", new DirectoryInput { Enabled = false }, default);
            Assert.Empty(await pool.ListAsync([], default));
            Assert.Equal(1, asked);
        });
    }

    [Fact]
    public async Task A_list_that_cannot_be_read_leaves_what_was_known_and_is_not_asked_for_again_at_once()
    {
        var (asked, broken) = (0, false);
        await using var list = await FakeHttpServer.StartAsync(http =>
        {
            Interlocked.Increment(ref asked);
            http.Response.StatusCode = broken ? 503 : 200;
            return http.Response.WriteAsync("""[{"name": "Paris, France", "server": "http://127.0.0.1:9/"}]""");
        });
        await WithAsync(async services =>
        {
            var commands = services.GetRequiredService<ServerCommands>();
            var pool = services.GetRequiredService<ServerPool>();
            await commands.SetAsync("librespeed", new DirectoryInput { ListUrl = list.Url.ToString(), Enabled = true }, default);
            broken = true;
            await services.GetRequiredService<RefresherDb>().Set<DirectoryState>().ExecuteUpdateAsync(set => set.SetProperty(d => d.ReadAt, DateTimeOffset.UnixEpoch).SetProperty(d => d.TriedAt, DateTimeOffset.UnixEpoch));
            services.GetRequiredService<RefresherDb>().ChangeTracker.Clear();

            Assert.Single(await pool.ListAsync([], default));
            Assert.Single(await pool.ListAsync([], default));

            Assert.Equal(2, asked);
            Assert.Contains("status 503", (await commands.RefreshAsync("librespeed", default)).Conflict, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Public_servers_are_used_once_in_a_quarter_of_an_hour_whatever_the_schedules_say()
    {
        await using var server = await PublicServerAsync(SpeedTestBackend.Map);

        var first = await RunAsync(Small);
        var second = await RunAsync(Small);

        Assert.IsType<RunOutcome.SuccessOutcome>(first);
        var reason = Assert.IsType<RunOutcome.FailureOutcome>(second).Reason;
        Assert.Contains("at most every 15 minutes", reason, StringComparison.Ordinal);
        await WithAsync(async services =>
        {
            var refused = await services.GetRequiredService<RefresherDb>().Set<SpeedTestResult>().SingleAsync(test => test.Failure == reason);
            Assert.Null(refused.Server);
        });
    }

    [Fact]
    public async Task The_schedule_of_a_second_line_waits_for_the_next_of_the_own_minutes()
    {
        await using var server = await PublicServerAsync(SpeedTestBackend.Map);
        await using var services = _tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        var own = PublicPace.NextSlot(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), await scope.ServiceProvider.GetRequiredService<PublicPace>().MinuteAsync(default));
        await scope.ServiceProvider.GetRequiredService<RunPartitions>().EnsureAsync(DateOnly.FromDateTime(DateTime.UtcNow), default);
        var outcomes = new List<RunOutcome>();
        foreach (var line in (string[])["first", "second"])
        {
            var run = new RunHarness(new Standing(own.AddSeconds(10))) { Schedule = line };
            db.Add(new Run { Id = run.Id, Kind = SpeedTestTask.Name, Queue = "default", Options = "{}", Trigger = RunTrigger.Cadence, ScheduleKey = line, DueAt = own, ReadyAt = own });
            await db.SaveChangesAsync();
            outcomes.Add(await ActivatorUtilities.CreateInstance<SpeedTestTask>(scope.ServiceProvider).RunAsync(Small, run, default));
        }

        Assert.IsType<RunOutcome.SuccessOutcome>(outcomes[0]);
        Assert.Equal(own + PublicPace.Interval, Assert.IsType<RunOutcome.SnoozeOutcome>(outcomes[1]).Until);
        Assert.Equal(1, await db.Set<SpeedTestResult>().CountAsync());
    }

    [Fact]
    public async Task A_test_that_failed_is_tried_again_when_public_servers_may_be_used_again()
    {
        await using var server = await PublicServerAsync(app => ((IApplicationBuilder)app).Run(http =>
        {
            http.Response.StatusCode = http.Request.Path == "/backend/garbage.php" ? 500 : 200;
            return Task.CompletedTask;
        }));
        var before = DateTimeOffset.UtcNow;

        Assert.Contains("status 500", Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(Small)).Reason, StringComparison.Ordinal);
        var again = Assert.IsType<RunOutcome.SnoozeOutcome>(await RunAsync(Small, attempt: 2));

        Assert.InRange(again.Until, before + PublicPace.Interval - TimeSpan.FromSeconds(1), DateTimeOffset.UtcNow + PublicPace.Interval);
        await WithAsync(async services => Assert.Equal(1, await services.GetRequiredService<RefresherDb>().Set<SpeedTestResult>().CountAsync()));
    }

    [Fact]
    public async Task A_server_that_says_too_many_requests_rests_as_long_as_it_asks()
    {
        await using var server = await PublicServerAsync(app => ((IApplicationBuilder)app).Run(http =>
        {
            (http.Response.StatusCode, http.Response.Headers.RetryAfter) = http.Request.Path == "/backend/garbage.php" ? (429, "7200") : (200, default);
            return Task.CompletedTask;
        }));
        var before = DateTimeOffset.UtcNow;

        var outcome = Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(Small));

        Assert.Contains("status 429", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("left alone until", outcome.Reason, StringComparison.Ordinal);
        await WithAsync(async services =>
        {
            var known = await services.GetRequiredService<RefresherDb>().Set<KnownServer>().SingleAsync();
            Assert.InRange(known.RestsUntil!.Value, before.AddMinutes(119), DateTimeOffset.UtcNow.AddMinutes(121));
            Assert.Empty(await services.GetRequiredService<ServerPool>().ListAsync([], default));
        });
    }

    [Fact]
    public async Task A_server_that_is_busy_when_it_is_asked_how_far_it_is_rests_too()
    {
        await using var server = await PublicServerAsync(app => ((IApplicationBuilder)app).Run(http =>
        {
            http.Response.StatusCode = 429;
            return Task.CompletedTask;
        }));

        Assert.IsType<RunOutcome.RetryOutcome>(await RunAsync(Small));

        await WithAsync(async services => Assert.InRange((await services.GetRequiredService<RefresherDb>().Set<KnownServer>().SingleAsync()).RestsUntil!.Value, DateTimeOffset.UtcNow.AddMinutes(50), DateTimeOffset.UtcNow.AddMinutes(61)));
    }

    [Fact]
    public async Task A_test_that_would_exceed_the_month_does_not_begin_and_says_so()
    {
        await using var server = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);
        await WithAsync(async services =>
        {
            var commands = services.GetRequiredService<ServerCommands>();
            await commands.PutAsync(new ServerInput { Url = new Uri(server.Url, "backend").ToString(), Name = "Mine" }, default);
            Assert.Equal(6, (await commands.SetAsync(new SpeedSetupInput { MonthlyMegabytes = 6 }, default)).Value!.MonthlyMegabytes);
        });

        var first = await RunAsync(Small);
        var second = await RunAsync(Small);

        Assert.IsType<RunOutcome.SuccessOutcome>(first);
        Assert.Contains("The month's data would not suffice", Assert.IsType<RunOutcome.FailureOutcome>(second).Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(11, 12)]
    [InlineData(12, 1)]
    [InlineData(255, 4)]
    public void The_minute_is_the_installations_own(byte last, int minute) => Assert.Equal(minute, PublicPace.MinuteOf(new Guid([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last])));

    [Fact]
    public void No_schedule_uses_public_servers_at_a_full_quarter_of_an_hour()
    {
        var hour = new DateTimeOffset(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);
        for (var minute = 1; minute <= 12; minute++)
        {
            for (var second = 0; second < 3600; second += 10)
            {
                var now = hour.AddSeconds(second);
                if (PublicPace.SlotOf(now, minute) is { } slot)
                {
                    Assert.DoesNotContain(now.Minute, (int[])[0, 15, 30, 45]);
                    Assert.InRange(now - slot, TimeSpan.Zero, PublicPace.Window);
                }

                Assert.NotNull(PublicPace.SlotOf(PublicPace.NextSlot(now, minute), minute));
                Assert.InRange(PublicPace.NextSlot(now, minute) - now, TimeSpan.FromTicks(1), PublicPace.Interval);
            }
        }
    }

    [Fact]
    public async Task The_installation_has_one_id_however_many_ask_for_it()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            await using var services = _tests.Services([]);
            await using var scope = services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<Core.Data.InstallationId>().GetAsync(default);
        }));

        Assert.Single(ids.Distinct());
    }

    /// <summary>A server that a directory lists.</summary>
    private async Task<FakeHttpServer> PublicServerAsync(Action<WebApplication> map)
    {
        var server = await FakeHttpServer.StartAsync(map);
        await using var list = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync($$"""[{"name": "Lent, France", "server": "{{server.Url}}backend"}]"""));
        await WithAsync(services => services.GetRequiredService<ServerCommands>().SetAsync("librespeed", new DirectoryInput { ListUrl = list.Url.ToString(), Enabled = true }, default));
        return server;
    }

    private async Task<RunOutcome> RunAsync(SpeedTestOptions options, int attempt = 1)
    {
        await using var services = _tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<SpeedTestTask>(scope.ServiceProvider).RunAsync(options, new RunHarness { AttemptNumber = attempt }, default);
    }

    /// <summary>A clock that shows one instant; what is measured goes on.</summary>
    private sealed class Standing(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at;
    }

    private async Task WithAsync(Func<IServiceProvider, Task> act)
    {
        await using var services = _tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        await act(scope.ServiceProvider);
    }
}
