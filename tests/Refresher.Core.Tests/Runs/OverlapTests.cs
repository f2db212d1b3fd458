using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

public sealed class OverlapTests : EngineTest
{
    protected override (string Key, string Value)[] Settings => [("Worker:Concurrency", "10")];

    [Fact]
    public async Task Skip_writes_down_what_came_too_early_and_runs_never_overlap()
    {
        var schedule = await CreateAsync(Json("skip", "00:00:01.5"));

        var runs = await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => Succeeded(seen).Count >= 3);

        Assert.Equal(1, MostAtOnce(Succeeded(runs)));
        Assert.All(runs.Where(run => run.State == RunState.Skipped), run => Assert.StartsWith("overlap:", run.Reason, StringComparison.Ordinal));
        Assert.Contains(runs, run => run.State == RunState.Skipped);
    }

    [Fact]
    public async Task Queue_one_lets_the_next_one_wait_and_begin_at_the_end_of_the_one_before()
    {
        var schedule = await CreateAsync(Json("queueOne", "00:00:01.4"));

        var runs = Succeeded(await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => Succeeded(seen).Count >= 4));

        Assert.Equal(1, MostAtOnce(runs));
        var inOrder = runs.OrderBy(run => run.StartedAt).ToArray();
        Assert.All(inOrder.Zip(inOrder.Skip(1)), pair => Assert.InRange((pair.Second.StartedAt!.Value - pair.First.FinishedAt!.Value).TotalSeconds, 0, 0.9));
        Assert.Contains(runs, run => run.Blocked > 0.1 && run.Lateness!.Value.TotalSeconds - run.Blocked < 1);
        Assert.Contains(await RunsAsync(schedule.Id), run => run.State == RunState.Skipped && run.Reason!.Contains("waits already", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Cancel_previous_ends_the_one_before_and_then_begins()
    {
        var schedule = await CreateAsync(Json("cancelPrevious", "00:01:00"));

        var runs = await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => seen.Count(run => run.State == RunState.Cancelled) >= 3);

        Assert.All(runs.Where(run => run.State == RunState.Cancelled), run => Assert.StartsWith("overlap:", run.Reason, StringComparison.Ordinal));
        Assert.Equal(1, MostAtOnce([.. runs.Where(run => run is { StartedAt: not null, FinishedAt: not null })]));
        Assert.Contains(runs, run => run.State == RunState.Running || run.StartedAt is not null);
    }

    [Fact]
    public async Task Allow_runs_them_beside_each_other()
    {
        var schedule = await CreateAsync(Json("allow", "00:00:02.5"));

        var runs = Succeeded(await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => Succeeded(seen).Count >= 3));

        Assert.InRange(MostAtOnce(runs), 2, 4);
    }

    [Fact]
    public async Task A_run_that_nobody_took_in_time_does_not_keep_the_next_one_from_running()
    {
        var schedule = await CreateAsync("""{"name":"Narrow","kind":"echo","queue":"nobody","cadence":{"type":"every","every":"00:00:01"},"overlap":"skip"}""");

        var runs = await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => seen.Count(run => run.State == RunState.Expired) >= 4);

        Assert.DoesNotContain(runs, run => run.State == RunState.Skipped);
    }

    [Fact]
    public async Task What_waits_is_forgotten_with_its_end()
    {
        var schedule = await CreateAsync(Json("queueOne", "00:00:04"));
        var waiting = (await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => seen.Any(run => run.WaitingFor == "overlap"))).First(run => run.WaitingFor == "overlap");

        await Engine.WithAsync<RunCommands, Result<Run>>(c => c.CancelAsync(waiting.Id, "a test", default));

        await Eventually.SeeAsync(() => RunsAsync(schedule.Id), seen => seen.Any(run => run.WaitingFor == "overlap" && run.Id != waiting.Id));
        Assert.Equal(RunState.Cancelled, (await RunAsync(waiting.Id)).State);
    }

    private static string Json(string overlap, string wait) =>
        $$"""{"name":"Overlap","kind":"echo","options":{"wait":"{{wait}}"},"cadence":{"type":"every","every":"00:00:01"},"overlap":"{{overlap}}"}""";

    private static List<Run> Succeeded(IReadOnlyList<Run> runs) => [.. runs.Where(run => run.State == RunState.Succeeded)];
}
