using Refresher.Core.Limits;
using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Limits;

public sealed class LimitTests : EngineTest
{
    protected override (string Key, string Value)[] Settings => [("Worker:Concurrency", "20")];

    [Fact]
    public async Task A_limit_of_a_kind_lets_that_many_go_on_and_the_others_in_order()
    {
        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 2 });

        var ids = await PostAsync([.. Enumerable.Range(0, 8).Select(_ => """{"kind":"echo","options":{"wait":"00:00:00.3"}}""")]);

        var waiting = await RunAsync(ids[7]);
        Assert.Equal((RunState.Queued, "kind:echo"), (waiting.State, waiting.WaitingFor));
        var ended = await EndedAsync(ids);
        Assert.All(ended, run => Assert.Equal(RunState.Succeeded, run.State));
        Assert.Equal(2, MostAtOnce(ended));
        Assert.All(ended.Zip(ended.Skip(2)), pair => Assert.True(pair.First.StartedAt <= pair.Second.StartedAt, "A later one went before two earlier ones."));
        Assert.InRange(ended.Max(run => run.Blocked), 0.5, 10);
        Assert.DoesNotContain(await UseAsync(), limit => limit.Held + limit.Waiting > 0);
    }

    [Fact]
    public async Task Runs_of_one_concurrency_key_go_one_at_a_time_without_any_limit_being_set()
    {
        var ids = await PostAsync([.. Enumerable.Range(0, 4).Select(_ => """{"kind":"echo","concurrencyKey":"db:main","options":{"wait":"00:00:00.2"}}""")]);
        var other = await PostAsync("""{"kind":"echo","concurrencyKey":"db:other"}""");

        Assert.Equal(RunState.Succeeded, (await EndedAsync(other)).State);
        Assert.Equal(1, MostAtOnce(await EndedAsync(ids)));
    }

    [Fact]
    public async Task Priority_goes_before_age_among_those_that_wait()
    {
        await SetAsync(LimitScope.Queue, "narrow", new LimitInput { Concurrency = 1 });
        var first = await PostAsync("""{"kind":"echo","queue":"narrow","options":{"wait":"00:00:01"}}""");
        var old = await PostAsync("""{"kind":"echo","queue":"narrow","priority":4}""");
        var urgent = await PostAsync("""{"kind":"echo","queue":"narrow","priority":0}""");

        await using var worker = await EngineHost.StartAsync(Database, TestKinds.Catalog, "worker", ("Worker:Queues:0", "narrow"), ("Node:Name", "narrow-1"));

        var ended = await EndedAsync([first, old, urgent]);
        Assert.Equal([first, urgent, old], ended.OrderBy(run => run.StartedAt).Select(run => run.Id));
    }

    [Fact]
    public async Task A_run_under_two_limits_waits_for_both_and_holds_neither_meanwhile()
    {
        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 2 });
        var holder = await PostAsync("""{"kind":"echo","concurrencyKey":"a","options":{"wait":"00:00:01.5"}}""");
        var blocked = await PostAsync("""{"kind":"echo","concurrencyKey":"a"}""");

        var free = await PostAsync([.. Enumerable.Range(0, 3).Select(_ => """{"kind":"echo"}""")]);

        Assert.All(await EndedAsync(free, 5), run => Assert.Equal(RunState.Succeeded, run.State));
        Assert.Equal("key:a", (await RunAsync(blocked)).WaitingFor);
        var (one, two) = (await EndedAsync(holder), await EndedAsync(blocked));
        Assert.True(two.StartedAt >= one.FinishedAt, $"{two.StartedAt:O} is before {one.FinishedAt:O}");
    }

    [Fact]
    public async Task A_slot_comes_back_when_a_run_fails_is_cancelled_or_waits_for_a_retry()
    {
        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 1 });
        var retrying = await PostAsync("""{"kind":"echo","options":{"failFirst":1},"retry":{"maxAttempts":2,"delay":"00:00:02","jitter":0}}""");
        var failing = await PostAsync("""{"kind":"echo","options":{"throws":"no"}}""");
        var cancelled = await PostAsync("""{"kind":"echo","options":{"wait":"00:01:00"}}""");
        var last = await PostAsync("""{"kind":"echo"}""");

        Assert.Equal(RunState.Failed, (await EndedAsync(failing)).State);
        await Eventually.SeeAsync(() => RunAsync(cancelled), run => run.State == RunState.Running);
        await Engine.WithAsync<RunCommands, Result<Run>>(c => c.CancelAsync(cancelled, "a test", default));

        Assert.Equal(RunState.Cancelled, (await EndedAsync(cancelled)).State);
        Assert.Equal(RunState.Succeeded, (await EndedAsync(last)).State);
        Assert.Equal((RunState.Succeeded, 2), ((await EndedAsync(retrying)).State, (await RunAsync(retrying)).Attempt));
    }

    [Fact]
    public async Task What_waits_can_be_cancelled_and_can_expire()
    {
        var holder = await PostAsync("""{"kind":"echo","concurrencyKey":"k","options":{"wait":"00:00:03"}}""");
        var cancelled = await PostAsync("""{"kind":"echo","concurrencyKey":"k"}""");
        var expiring = await PostAsync("""{"kind":"echo","concurrencyKey":"k","expireAfter":"00:00:01"}""");
        var patient = await PostAsync("""{"kind":"echo","concurrencyKey":"k"}""");

        await Engine.WithAsync<RunCommands, Result<Run>>(c => c.CancelAsync(cancelled, "a test", default));

        Assert.Equal(RunState.Cancelled, (await EndedAsync(cancelled)).State);
        var expired = await EndedAsync(expiring);
        Assert.Equal(RunState.Expired, expired.State);
        Assert.Contains("had to wait", expired.Reason, StringComparison.Ordinal);
        Assert.True((await EndedAsync(patient)).StartedAt >= (await RunAsync(holder)).FinishedAt);
    }

    [Fact]
    public async Task A_raised_limit_and_a_deleted_one_let_those_that_wait_go_on()
    {
        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 1 });
        var ids = await PostAsync([.. Enumerable.Range(0, 6).Select(_ => """{"kind":"echo","options":{"wait":"00:00:20"}}""")]);

        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 3 });
        await Eventually.SeeAsync(RunningAsync, running => running == 3);
        await Engine.WithAsync<LimitCommands, Result<Limit>>(c => c.DeleteAsync(LimitScope.Kind, "echo", default));

        await Eventually.SeeAsync(RunningAsync, running => running == 6);
        foreach (var id in ids)
        {
            await Engine.WithAsync<RunCommands, Result<Run>>(c => c.CancelAsync(id, "a test", default));
        }

        async Task<int> RunningAsync() => (await RunsAsync(new RunFilter { States = [RunState.Running] })).Count;
    }

    [Fact]
    public async Task A_limit_set_while_runs_go_on_counts_them()
    {
        var before = await PostAsync([.. Enumerable.Range(0, 3).Select(_ => """{"kind":"echo","options":{"wait":"00:00:02"}}""")]);
        await Eventually.SeeAsync(() => RunsAsync(new RunFilter { States = [RunState.Running] }), running => running.Count == 3);

        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 2 });
        var after = await PostAsync("""{"kind":"echo"}""");

        Assert.Equal("kind:echo", (await RunAsync(after)).WaitingFor);
        var first = (await EndedAsync(before)).OrderBy(run => run.FinishedAt).ElementAt(1);
        Assert.True((await EndedAsync(after)).StartedAt >= first.FinishedAt);
    }

    [Fact]
    public async Task A_rate_is_kept_in_every_window_and_used_up()
    {
        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Rate = 5, Per = TimeSpan.FromSeconds(1) });

        var ids = await PostAsync([.. Enumerable.Range(0, 18).Select(_ => """{"kind":"echo"}""")]);

        // What is paced is the sending; a start may come some milliseconds after its permission.
        var granted = (await EndedAsync(ids)).Select(run => run.QueuedAt!.Value).Order().ToArray();
        Assert.All(granted, at => Assert.InRange(granted.Count(other => other >= at && other < at + TimeSpan.FromMilliseconds(990)), 1, 5));
        Assert.InRange((granted[^1] - granted[0]).TotalSeconds, 2.9, 15);
        Assert.All(await EndedAsync(ids), run => Assert.Equal(RunState.Succeeded, run.State));
    }

    [Fact]
    public async Task A_rate_and_a_concurrency_hold_together()
    {
        await SetAsync(LimitScope.Key, "api", new LimitInput { Concurrency = 1, Rate = 4, Per = TimeSpan.FromSeconds(1) });

        var ids = await PostAsync([.. Enumerable.Range(0, 6).Select(_ => """{"kind":"echo","concurrencyKey":"api","options":{"wait":"00:00:00.05"}}""")]);

        var ended = await EndedAsync(ids);
        Assert.Equal(1, MostAtOnce(ended));
        Assert.All(ended, run => Assert.Equal(RunState.Succeeded, run.State));
    }

    [Fact]
    public async Task A_wiped_Redis_neither_loses_who_waits_nor_lets_more_go_on()
    {
        await SetAsync(LimitScope.Kind, "echo", new LimitInput { Concurrency = 2 });
        var ids = await PostAsync([.. Enumerable.Range(0, 8).Select(_ => """{"kind":"echo","options":{"wait":"00:00:00.4"}}""")]);

        using (var redis = await StackExchange.Redis.ConnectionMultiplexer.ConnectAsync(Database.RedisConnectionString))
        {
            await redis.GetDatabase().ExecuteAsync("FLUSHDB");
        }

        var ended = await EndedAsync(ids);
        Assert.Equal(2, MostAtOnce(ended));
        Assert.All(ended, run => Assert.Equal(RunState.Succeeded, run.State));
    }

    [Theory]
    [InlineData(LimitScope.Kind, "nonsense", 1, null, null, "name")]
    [InlineData(LimitScope.Queue, "No Queue", 1, null, null, "name")]
    [InlineData(LimitScope.Key, "a key", 1, null, null, "name")]
    [InlineData(LimitScope.Kind, "echo", 0, null, null, "concurrency")]
    [InlineData(LimitScope.Kind, "echo", null, null, null, "concurrency")]
    [InlineData(LimitScope.Kind, "echo", null, 0, "00:00:01", "rate")]
    [InlineData(LimitScope.Kind, "echo", null, 1, null, "per")]
    [InlineData(LimitScope.Kind, "echo", 1, null, "00:00:01", "rate")]
    [InlineData(LimitScope.Kind, "echo", null, 1, "00:00:00", "per")]
    public async Task A_wrong_limit_names_its_field(LimitScope scope, string name, int? concurrency, int? rate, string? per, string field)
    {
        var input = new LimitInput { Concurrency = concurrency, Rate = rate, Per = per is null ? null : TimeSpan.Parse(per, System.Globalization.CultureInfo.InvariantCulture) };

        var result = await Engine.WithAsync<LimitCommands, Result<Limit>>(c => c.SetAsync(scope, name, input, default));

        Assert.Contains(result.Errors ?? [], error => error.Key == field);
    }

    private Task<Limit> SetAsync(LimitScope scope, string name, LimitInput input) => Engine.WithAsync<LimitCommands, Limit>(async commands =>
    {
        var result = await commands.SetAsync(scope, name, input, default);

        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString());
    });

    private Task<IReadOnlyList<LimitUse>> UseAsync() => Engine.WithAsync<LimitQueries, IReadOnlyList<LimitUse>>(q => q.ListAsync(default));
}
