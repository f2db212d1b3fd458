using Refresher.Core.Alerts;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Watch;

public sealed class RunFailureTests : WatchTest
{
    private const string Fails = """{"throws": "no such table"}""";

    [Fact]
    public async Task Failures_in_a_row_are_one_episode_with_a_count_and_the_next_success_ends_it()
    {
        var schedule = await CreateAsync("""{"name": "Nightly", "tags": ["db"], "kind": "echo", "cadence": {"type": "every", "every": "1.00:00:00"}, "startAt": "2099-01-01T00:00:00Z"}""");
        var subject = schedule.Id.ToString();
        await EndedAsync(await RunNowAsync(schedule));
        Assert.Empty(await ToldAsync(subject));

        await SetAsync(schedule, Fails);
        var first = await EndedAsync(await RunNowAsync(schedule));
        var second = await EndedAsync(await RunNowAsync(schedule));
        await SetAsync(schedule, "{}");
        var third = await EndedAsync(await RunNowAsync(schedule));
        await EndedAsync(await RunNowAsync(schedule));

        Assert.Equal([RunState.Failed, RunState.Failed, RunState.Succeeded], new[] { first, second, third }.Select(run => run.State));
        var told = await SeeToldAsync(subject, 3);
        Assert.Equal([(true, 1), (true, 2), (false, 2)], told.Select(change => (change.Active, change.Count)));
        Assert.Single(told.Select(change => change.EpisodeId).Distinct());
        Assert.All(told, change => Assert.Equal((CoreConditions.RunFailed, "Nightly", "db"), (change.Condition, change.SubjectName, change.Tags.Single())));
        Assert.All(told, change => Assert.Equal(told[0].At, change.Since, TimeSpan.FromMilliseconds(1)));
        Assert.Contains("no such table", told[1].Reason, StringComparison.Ordinal);
        Assert.Equal([$"/runs/{first.Id}", $"/runs/{second.Id}", $"/runs/{third.Id}"], told.Select(change => change.Path));
        Assert.Equal(0, await FailuresAsync(schedule));
    }

    [Fact]
    public async Task A_run_that_is_cancelled_neither_fails_nor_makes_good()
    {
        var schedule = await CreateAsync("""{"name": "Cancelled", "kind": "echo", "options": {"wait": "00:10:00"}, "cadence": {"type": "every", "every": "1.00:00:00"}, "startAt": "2099-01-01T00:00:00Z"}""");
        var run = await RunNowAsync(schedule);
        await Eventually.SeeAsync(() => RunAsync(run), seen => seen.State == RunState.Running);

        await Engine.WithAsync<RunCommands, bool>(async commands => (await commands.CancelAsync(run, "a test", default)).Value is not null);

        await EndedAsync(run);
        Assert.Empty(await ToldAsync(schedule.Id.ToString()));
    }

    [Fact]
    public async Task Runs_without_a_schedule_fail_under_their_kind_and_any_later_success_of_it_ends_it()
    {
        await EndedAsync(await PostAsync("""{"kind": "echo", "options": {"throws": "x"}}"""));
        await EndedAsync(await PostAsync("""{"kind": "echo", "options": {"throws": "y"}}"""));
        Assert.Equal([(true, 1), (true, 2)], (await SeeToldAsync("echo", 2)).Select(change => (change.Active, change.Count)));

        await EndedAsync(await PostAsync("""{"kind": "echo"}"""));

        Assert.Equal([true, true, false], (await SeeToldAsync("echo", 3)).Select(change => change.Active));
    }

    [Fact]
    public async Task Many_runs_that_end_together_are_told_in_order_and_counted_exactly()
    {
        var ids = await PostAsync([.. Enumerable.Range(0, 300).Select(_ => """{"kind": "echo", "options": {"throws": "x"}}""")]);
        await EndedAsync(ids);

        var told = await Eventually.SeeAsync(() => ToldAsync("echo"), changes => changes.Count > 0 && changes[^1].Count == 300);
        Assert.Equal(told.Select(change => change.Count).Order(), told.Select(change => change.Count));
        Assert.Single(told.Select(change => change.EpisodeId).Distinct());
    }

    [Fact]
    public async Task What_was_open_for_a_schedule_is_over_when_it_is_deleted()
    {
        var schedule = await CreateAsync($$"""{"name": "Gone", "kind": "echo", "options": {{Fails}}, "cadence": {"type": "every", "every": "1.00:00:00"}, "startAt": "2099-01-01T00:00:00Z"}""");
        await EndedAsync(await RunNowAsync(schedule));
        await SeeToldAsync(schedule.Id.ToString(), 1);

        await Engine.WithAsync<ScheduleCommands, bool>(async commands => await commands.DeleteAsync([schedule.Id], default) == 1);

        Assert.Equal("the schedule was deleted", (await SeeToldAsync(schedule.Id.ToString(), 2))[1].Reason);
    }

    private Task SetAsync(Schedule schedule, string options) => ExecuteAsync($"UPDATE schedules SET options = '{options}' WHERE id = '{schedule.Id}'");

    private async Task<int> FailuresAsync(Schedule schedule)
    {
        await using var look = Data.CreateCommand($"SELECT failures FROM schedule_states WHERE schedule_id = '{schedule.Id}'");
        return (int)(await look.ExecuteScalarAsync())!;
    }
}
