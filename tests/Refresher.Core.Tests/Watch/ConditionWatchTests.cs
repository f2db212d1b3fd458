using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Alerts;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Testing;
using StackExchange.Redis;

namespace Refresher.Core.Tests.Watch;

public sealed class ConditionWatchTests : WatchTest
{
    private const string Later = """ "cadence": {"type": "every", "every": "1.00:00:00"}, "startAt": "2099-01-01T00:00:00Z"}""";

    private protected override string Roles => "scheduler";

    [Fact]
    public async Task Without_a_worker_a_queue_grows_old_and_its_runs_late_until_one_comes()
    {
        await using var another = await EngineHost.StartAsync(Database, TestKinds.Catalog, "scheduler", Settings);
        var schedule = await CreateAsync("""{"name": "Late", "kind": "echo",""" + Later);
        var run = await RunNowAsync(schedule);
        await SeeToldAsync("default", 1);
        await Eventually.SeeAsync(() => AgeAsync(run), age => age > TimeSpan.FromSeconds(3));

        await using var worker = await EngineHost.StartAsync(Database, TestKinds.Catalog, "worker", Settings);
        await EndedAsync(run);

        var queue = await SeeToldAsync("default", 2);
        Assert.Equal([(CoreConditions.QueueOld, true), (CoreConditions.QueueOld, false)], queue.Select(change => (change.Condition, change.Active)));
        Assert.Contains("1 run(s) could be taken", queue[0].Reason, StringComparison.Ordinal);
        var late = Assert.Single(await SeeToldAsync(schedule.Id.ToString(), 1));
        Assert.Equal((CoreConditions.RunLate, true, $"/runs/{run}"), (late.Condition, late.Active, late.Path));
        Assert.EndsWith("late; 00:00:02 is allowed", late.Reason, StringComparison.Ordinal);

        await EndedAsync(await RunNowAsync(schedule));
        Assert.False((await SeeToldAsync(schedule.Id.ToString(), 2))[1].Active);
    }

    [Fact]
    public async Task A_paused_queue_is_not_old()
    {
        await Engine.WithAsync<QueueCommands, bool>(async commands => (await commands.PauseAsync("default", null, default)).Value is not null);
        await PostAsync("""{"kind": "echo"}""");
        var other = await PostAsync("""{"kind": "echo", "queue": "other"}""");

        await SeeToldAsync("other", 1);

        Assert.Empty(await ToldAsync("default"));
        Assert.NotEqual(default, other);
    }

    [Fact]
    public async Task A_run_that_has_used_most_of_its_time_takes_too_long_until_it_ends()
    {
        await using var worker = await EngineHost.StartAsync(Database, TestKinds.Catalog, "worker", Settings);
        var schedule = await CreateAsync("""{"name": "Long", "kind": "echo", "options": {"wait": "00:00:06"}, "timeout": "00:00:20",""" + Later);

        var run = await RunNowAsync(schedule);

        var told = await SeeToldAsync(schedule.Id.ToString(), 2);
        Assert.Equal([(CoreConditions.RunTooLong, true), (CoreConditions.RunTooLong, false)], told.Select(change => (change.Condition, change.Active)));
        Assert.EndsWith("its time limit is 00:00:20", told[0].Reason, StringComparison.Ordinal);
        Assert.Equal(RunState.Succeeded, (await EndedAsync(run)).State);
    }

    [Fact]
    public async Task A_schedule_may_have_its_own_measure_of_late_and_of_too_long()
    {
        var patient = await CreateAsync("""{"name": "Patient", "kind": "echo", "options": {"wait": "00:00:04"}, "timeout": "00:00:20", "lateAfter": "01:00:00", "longAfter": "00:00:19",""" + Later);
        var strict = await CreateAsync("""{"name": "Strict", "kind": "echo", "options": {"wait": "00:00:04"}, "timeout": "10:00:00", "lateAfter": "00:00:01", "longAfter": "00:00:01",""" + Later);
        Guid[] runs = [await RunNowAsync(patient), await RunNowAsync(strict)];
        await Eventually.SeeAsync(() => AgeAsync(runs[1]), age => age > TimeSpan.FromSeconds(3));

        await using var worker = await EngineHost.StartAsync(Database, TestKinds.Catalog, "worker", Settings);
        foreach (var run in runs)
        {
            await EndedAsync(run);
        }

        var told = await SeeToldAsync(strict.Id.ToString(), 3);
        Assert.EndsWith("late; 00:00:01 is allowed", told.Single(change => change is { Condition: CoreConditions.RunLate, Active: true }).Reason, StringComparison.Ordinal);
        Assert.EndsWith("; 00:00:01 is allowed", told.Single(change => change is { Condition: CoreConditions.RunTooLong, Active: true }).Reason, StringComparison.Ordinal);
        Assert.Empty(await ToldAsync(patient.Id.ToString()));
    }

    [Fact]
    public async Task Times_that_passed_without_a_run_are_told_until_one_runs()
    {
        var schedule = await CreateAsync("""{"name": "Missed", "kind": "echo", "misfire": "skip", "cadence": {"type": "every", "every": "01:00:00"}, "startAt": "2020-01-01T00:00:00Z"}""");

        await ExecuteAsync($"UPDATE schedule_states SET next_due_at = date_trunc('hour', now()) - interval '5 hours' WHERE schedule_id = '{schedule.Id}'");
        Engine.Services.GetRequiredService<TickSignal>().Tick();

        var told = Assert.Single(await SeeToldAsync(schedule.Id.ToString(), 1));
        Assert.Equal((CoreConditions.RunMissed, true), (told.Condition, told.Active));
        Assert.Contains("passed without a run", told.Reason, StringComparison.Ordinal);
        await using var worker = await EngineHost.StartAsync(Database, TestKinds.Catalog, "worker", Settings);
        await EndedAsync(await RunNowAsync(schedule));
        Assert.Contains(await SeeToldAsync(schedule.Id.ToString(), 2), change => change is { Condition: CoreConditions.RunMissed, Active: false });
    }

    [Fact]
    public async Task A_worker_that_falls_silent_is_gone_and_one_that_says_goodbye_is_not()
    {
        var (presence, clock) = (Engine.Services.GetRequiredService<NodePresence>(), Engine.Services.GetRequiredService<TimeProvider>());
        foreach (var name in (string[])["crashed", "stopped"])
        {
            await presence.SayAsync(new NodeStatus(name, "worker", "1", clock.GetUtcNow(), clock.GetUtcNow(), 0, 0) { Worker = name });
        }

        await Task.Delay(TimeSpan.FromSeconds(1));
        await presence.LeaveAsync("stopped");

        // As if its time had run out in Redis.
        await Engine.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase().KeyDeleteAsync("{refresher}:node:crashed");

        Assert.Contains("last heard of at", (await SeeToldAsync("crashed", 1))[0].Reason, StringComparison.Ordinal);
        await presence.SayAsync(new NodeStatus("crashed", "worker", "1", clock.GetUtcNow(), clock.GetUtcNow(), 0, 0) { Worker = "crashed" });
        Assert.Equal([true, false], (await SeeToldAsync("crashed", 2)).Select(change => change.Active));
        Assert.Empty(await ToldAsync("stopped"));
    }

    private async Task<TimeSpan> AgeAsync(Guid run) => Engine.Services.GetRequiredService<TimeProvider>().GetUtcNow() - (await RunAsync(run)).DueAt;
}
