using System.Text.Json;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

public sealed class ContinuationTests : EngineTest
{
    [Fact]
    public async Task A_run_is_followed_by_what_its_end_calls_for_and_by_nothing_else()
    {
        var id = await PostAsync("""
            {"kind":"echo","options":{"throws":"broken"},"continueWith":[
                {"on":"success","kind":"echo","options":{"text":"never"}},
                {"on":"failure","kind":"echo","options":{"text":"clean up"},"continueWith":[{"on":"always","kind":"echo","options":{"text":"report"}}]}]}
            """);

        var chain = await Eventually.SeeAsync(() => RunsAsync(new RunFilter { Trigger = RunTrigger.Chain }), runs => runs.Count == 2 && runs.All(run => run.State.IsFinal()));

        Assert.Equal(["report", "clean up"], chain.Select(run => JsonDocument.Parse(run.Output!).RootElement.GetProperty("text").GetString()));
        Assert.Equal(id, chain[1].ParentId);
        Assert.Equal(chain[1].Id, chain[0].ParentId);
        Assert.All(chain, run => Assert.InRange(run.Lateness!.Value.TotalSeconds, 0, 5));
    }

    [Fact]
    public async Task A_schedule_follows_another_with_its_own_options_and_policies()
    {
        var report = await CreateAsync("""{"key":"report","name":"Report","kind":"echo","options":{"text":"report"},"cadence":{"type":"cron","cron":"0 0 1 1 *"},"concurrencyKey":"reports"}""");
        var import = await CreateAsync("""{"key":"import","name":"Import","kind":"echo","cadence":{"type":"cron","cron":"0 0 1 1 *"},"continueWith":[{"schedule":"report"}]}""");

        var run = (await Engine.WithAsync<ScheduleCommands, Result<Run>>(c => c.RunNowAsync(import.Id, null, default))).Value!;

        var followed = Assert.Single(await Eventually.SeeAsync(() => RunsAsync(report.Id), runs => runs.Count == 1 && runs[0].State.IsFinal()));
        Assert.Equal((RunTrigger.Chain, run.Id, "report", "reports"), (followed.Trigger, followed.ParentId, followed.ScheduleKey, followed.ConcurrencyKey));
    }

    [Fact]
    public async Task A_paused_schedule_does_not_follow_and_says_so()
    {
        var report = await CreateAsync("""{"key":"report","name":"Report","kind":"echo","cadence":{"type":"cron","cron":"0 0 1 1 *"},"enabled":false}""");

        await PostAsync("""{"kind":"echo","continueWith":[{"schedule":"report"}]}""");

        var skipped = Assert.Single(await Eventually.SeeAsync(() => RunsAsync(report.Id), runs => runs.Count == 1));
        Assert.Equal(RunState.Skipped, skipped.State);
        Assert.Contains("paused", skipped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_chain_that_comes_back_to_its_beginning_is_refused_with_the_way_it_goes()
    {
        await CreateAsync("""{"key":"one","name":"One","kind":"echo","cadence":{"type":"cron","cron":"0 0 1 1 *"}}""");
        await CreateAsync("""{"key":"two","name":"Two","kind":"echo","cadence":{"type":"cron","cron":"0 0 1 1 *"},"continueWith":[{"schedule":"one"}]}""");

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            CreateAsync("""{"key":"one-two","name":"Back","kind":"echo","cadence":{"type":"cron","cron":"0 0 1 1 *"},"continueWith":[{"schedule":"one-two"}]}"""));

        Assert.Contains("one-two → one-two", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"on":"success"}]""", "continueWith[0]")]
    [InlineData("""[{"schedule":"a","kind":"echo"}]""", "continueWith[0]")]
    [InlineData("""[{"kind":"nonsense"}]""", "continueWith[0].kind")]
    [InlineData("""[{"kind":"echo","options":{"wait":"soon"}}]""", "continueWith[0].options.wait")]
    [InlineData("""[{"kind":"echo","continueWith":[{"kind":"echo","continueWith":[{"kind":"echo","continueWith":[{"kind":"echo","continueWith":[{"kind":"echo","continueWith":[{"kind":"echo"}]}]}]}]}]}]""", "at most 5")]
    public async Task A_wrong_continuation_names_where_it_is(string continueWith, string named)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync($$"""{"kind":"echo","continueWith":{{continueWith}}}"""));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }
}
