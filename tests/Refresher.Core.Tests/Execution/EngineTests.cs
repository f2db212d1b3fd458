using System.Text.Json;
using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Execution;

public sealed class EngineTests : EngineTest
{
    /// <summary>Milliseconds late on a machine that does other things too. How punctual it can be is measured by the bench, alone.</summary>
    private const double Busy = 5000;

    [Fact]
    public async Task A_schedule_of_every_second_runs_punctually_and_keeps_output_and_log()
    {
        var schedule = await CreateAsync("""{"name":"Each second","kind":"echo","options":{"text":"hi"},"cadence":{"type":"every","every":"00:00:01"}}""");

        var done = await Eventually.SeeAsync(() => RunsAsync(schedule.Id), runs => runs.Count(run => run.State == RunState.Succeeded) >= 4);

        Assert.All(done.Where(run => run.State == RunState.Succeeded), run => Assert.InRange(run.Lateness!.Value.TotalMilliseconds, 0, Busy));
        Assert.Equal("""{"text": "hi"}""", done[^1].Output);
        var lines = await Engine.WithAsync<RunQueries, List<RunLogLine>>(q => q.LogsAsync(done[^1].Id, -1, default, 10, default));
        Assert.Equal("said hi", Assert.Single(lines).Message);
    }

    [Fact]
    public async Task A_run_that_fails_twice_is_retried_and_keeps_its_attempts()
    {
        var id = await PostAsync("""{"kind":"echo","options":{"failFirst":2},"retry":{"maxAttempts":3,"delay":"00:00:00.2","jitter":0}}""");

        var run = await EndedAsync(id);

        Assert.Equal((RunState.Succeeded, 3), (run.State, run.Attempt));
        var attempts = await Engine.WithAsync<RunQueries, List<RunAttempt>>(q => q.AttemptsAsync(id, default));
        Assert.Equal(["retry", "retry"], attempts.Select(a => a.Outcome));
    }

    [Fact]
    public async Task An_exception_fails_the_run_with_its_text_and_stands_in_its_log()
    {
        var id = await PostAsync("""{"kind":"echo","options":{"throws":"it broke"}}""");

        var run = await EndedAsync(id);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("it broke", run.Reason, StringComparison.Ordinal);
        var lines = await Engine.WithAsync<RunQueries, List<RunLogLine>>(q => q.LogsAsync(id, -1, default, 10, default));
        Assert.Contains(lines, line => line.Message.Contains("InvalidOperationException", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_running_run_ends_when_it_is_cancelled()
    {
        var id = await PostAsync("""{"kind":"echo","options":{"wait":"00:01:00"}}""");
        await Eventually.SeeAsync(() => RunAsync(id), run => run.State == RunState.Running);

        await Engine.WithAsync<RunCommands, Result<Run>>(c => c.CancelAsync(id, "a test", default));

        Assert.Equal(RunState.Cancelled, (await EndedAsync(id)).State);
    }

    [Fact]
    public async Task A_run_past_its_time_limit_fails_and_says_so()
    {
        var id = await PostAsync("""{"kind":"echo","options":{"wait":"00:01:00"},"timeout":"00:00:01"}""");

        var run = await EndedAsync(id);

        Assert.Equal(RunState.Failed, run.State);
        Assert.Contains("time limit", run.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_delayed_run_waits_for_its_time()
    {
        var due = DateTimeOffset.UtcNow.AddSeconds(2);
        var id = await PostAsync($$"""{"kind":"echo","dueAt":"{{due:O}}"}""");
        Assert.Equal(RunState.Scheduled, (await RunAsync(id)).State);

        var run = await EndedAsync(id);

        Assert.InRange((run.StartedAt!.Value - due).TotalMilliseconds, -1, Busy);
    }

    [Fact]
    public async Task A_stopping_worker_hands_back_what_it_cannot_finish()
    {
        var id = await PostAsync("""{"kind":"echo","options":{"wait":"00:01:00"}}""");
        await Eventually.SeeAsync(() => RunAsync(id), run => run.State == RunState.Running);
        await using var client = await EngineHost.StartAsync(Database, TestKinds.Catalog, "");

        await Engine.StopAsync();

        var run = await client.WithAsync<RunQueries, Run?>(q => q.FindAsync(id, default));
        Assert.Equal((RunState.Queued, 0), (run!.State, run.Attempt));
    }

    [Fact]
    public async Task Hostile_text_is_kept_without_harm()
    {
        var id = await PostAsync("""{"kind":"echo","options":{"text":"a\u0000b \ud83d\ude00 <script>"}}""");

        var run = await EndedAsync(id);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Contains("<script>", JsonDocument.Parse(run.Output!).RootElement.GetProperty("text").GetString(), StringComparison.Ordinal);
    }
}
