using System.Text.Json;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

public sealed class RunSearchTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeMilliseconds(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using (await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler"))
        {
            // Its schema stays.
        }

        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Each_filter_finds_its_runs_and_no_others()
    {
        var schedule = await _engine.WithAsync<ScheduleCommands, Schedule>(async commands => (await commands.CreateAsync(new ScheduleInput
        {
            Key = "tagged",
            Name = "Tagged",
            Kind = "echo",
            Tags = ["red"],
            Enabled = false,
            Cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "01:00:00" }),
        }, default)).Value!);
        PastRun Ago(int hours) => new(Now.AddHours(-hours));
        var (kind, scheduled, gone) = (Ago(1) with { Kind = "leak" }, Ago(2) with { ScheduleId = schedule.Id, ScheduleKey = "tagged" }, Ago(3) with { ScheduleId = Guid.NewGuid(), ScheduleKey = "long-gone" });
        var (failed, queued, manual) = (Ago(4) with { State = RunState.Failed, Reason = "a 100% broken_pipe" }, Ago(5) with { State = RunState.Queued }, Ago(6) with { Trigger = RunTrigger.Manual });
        var (worker, queue, late) = (Ago(7) with { Worker = "w9" }, Ago(8) with { Queue = "slow" }, Ago(9) with { Late = 100 });
        var (blocked, output, progress) = (Ago(10) with { Late = 100, Blocked = 95 }, Ago(11) with { Output = """{"text": "in the Output"}""" }, Ago(12) with { ProgressText = "copying pipes" });
        var logged = Ago(13);
        await History.AddAsync(_engine, kind, scheduled, gone, failed, queued, manual, worker, queue, late, blocked, output, progress, logged);
        await History.LogAsync(_engine, logged.Id, "a leaking Pipe in the log");

        await FindsAsync(new RunFilter { Kind = "leak" }, kind);
        await FindsAsync(new RunFilter { ScheduleId = schedule.Id }, scheduled);
        await FindsAsync(new RunFilter { ScheduleKey = "tagged" }, scheduled);
        await FindsAsync(new RunFilter { ScheduleKey = "long-gone" }, gone);
        await FindsAsync(new RunFilter { Tag = "red" }, scheduled);
        await FindsAsync(new RunFilter { States = [RunState.Failed] }, failed);
        await FindsAsync(new RunFilter { States = [RunState.Failed, RunState.Queued] }, failed, queued);
        await FindsAsync(new RunFilter { States = [RunState.Queued, RunState.Running] }, queued);
        await FindsAsync(new RunFilter { Trigger = RunTrigger.Manual }, manual);
        await FindsAsync(new RunFilter { Worker = "w9" }, worker);
        await FindsAsync(new RunFilter { Queue = "slow" }, queue);
        await FindsAsync(new RunFilter { Late = TimeSpan.FromSeconds(10) }, late);
        await FindsAsync(new RunFilter { Late = TimeSpan.FromSeconds(4) }, late, blocked);
        await FindsAsync(new RunFilter { Text = "PIPE" }, failed, progress);
        await FindsAsync(new RunFilter { Text = "pipe", InLog = true }, failed, progress, logged);
        await FindsAsync(new RunFilter { Text = "the output" }, output);
        await FindsAsync(new RunFilter { Text = "long-g" }, gone);
        await FindsAsync(new RunFilter { Text = "100%" }, failed);
        await FindsAsync(new RunFilter { Text = "n_p" }, failed);
        await FindsAsync(new RunFilter { From = Now.AddHours(-2), To = Now.AddHours(-1) }, scheduled);
    }

    [Fact]
    public async Task A_text_is_looked_for_in_the_last_week_unless_it_is_said_from_when()
    {
        var (young, old) = (new PastRun(Now.AddDays(-6)) { Reason = "needle" }, new PastRun(Now.AddDays(-60)) { Reason = "needle" });
        await History.AddAsync(_engine, young, old);

        await FindsAsync(new RunFilter { Text = "needle" }, young);
        await FindsAsync(new RunFilter { Text = "needle", From = Now.AddDays(-90) }, young, old);
        await FindsAsync(new RunFilter { Text = "needle", To = Now.AddDays(-58) }, old);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("needle")]
    public async Task Pages_follow_each_other_over_many_days_without_a_gap_or_a_repetition(string? text)
    {
        var runs = Enumerable.Range(0, 60).SelectMany(day => Enumerable.Range(0, 3).Select(n => new PastRun(Now.AddDays(-day).AddMinutes(-n)) { Reason = n == 2 ? "a needle" : null })).ToArray();
        await History.AddAsync(_engine, runs);
        var filter = new RunFilter { Text = text, From = Now.AddDays(-90) };

        var seen = new List<Guid>();
        Guid? after = null;
        do
        {
            var page = await _engine.WithAsync<RunQueries, RunListPage>(q => q.SearchAsync(filter, after, 7, default));
            Assert.Null(page.SearchedTo);
            seen.AddRange(page.Items.Select(run => run.Id));
            after = page.Next is null ? null : Guid.Parse(page.Next);
        }
        while (after is not null);

        Assert.Equal(runs.Where(run => text is null || run.Reason is not null).OrderByDescending(run => run.Id).Select(run => run.Id), seen);
    }

    [Fact]
    public async Task A_csv_file_quotes_what_has_to_be_and_disarms_formulas()
    {
        await History.AddAsync(_engine, new PastRun(Now)
        {
            State = RunState.Failed,
            Reason = "=HYPERLINK(\"http://evil\")",
            Worker = "+w",
            ProgressText = "two\nlines, and \"quotes\"",
            Late = -0.5,
            Output = """{"a": "@x"}""",
        });

        var lines = (await History.ExportAsync(_engine, new RunFilter(), RunFileFormat.Csv)).Split("\r\n");

        Assert.StartsWith("id,kind,scheduleId", lines[0], StringComparison.Ordinal);
        Assert.Contains(",failed,\"'=HYPERLINK(\"\"http://evil\"\")\",default,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",-0.5,0,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",'+w,", lines[1], StringComparison.Ordinal);
        Assert.Contains(",\"two\nlines, and \"\"quotes\"\"\",", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(",\"{\"\"a\"\": \"\"@x\"\"}\"", lines[1], StringComparison.Ordinal);
        Assert.Equal(3, lines.Length);
    }

    [Fact]
    public async Task A_file_has_every_run_or_says_where_the_next_one_begins()
    {
        await History.AddAsync(_engine, [.. Enumerable.Range(0, 1203).Select(n => new PastRun(Now.AddMinutes(-7 * n)))]);

        var all = (await History.ExportAsync(_engine, new RunFilter(), RunFileFormat.Json)).TrimEnd().Split('\n');
        var cut = (await History.ExportAsync(_engine, new RunFilter(), RunFileFormat.Json, most: 1200)).TrimEnd().Split('\n');
        var end = JsonElement.Parse(cut[^1]);
        var rest = (await History.ExportAsync(_engine, new RunFilter(), RunFileFormat.Json, after: end.GetProperty("next").GetGuid())).TrimEnd().Split('\n');
        var csv = await History.ExportAsync(_engine, new RunFilter(), RunFileFormat.Csv, most: 1000);

        Assert.Equal(1203, all.Select(line => JsonElement.Parse(line).GetProperty("id").GetGuid()).Distinct().Count());
        Assert.Equal((1201, 1200), (cut.Length, end.GetProperty("cut").GetInt32()));
        Assert.Equal(all, cut[..^1].Concat(rest));
        Assert.Contains("\"Cut after 1000 runs, there are more", csv, StringComparison.Ordinal);
    }

    private async Task FindsAsync(RunFilter filter, params PastRun[] expected)
    {
        var page = await _engine.WithAsync<RunQueries, RunListPage>(q => q.SearchAsync(filter, null, 50, default));
        Assert.Equal(expected.Select(run => run.Id).OrderDescending(), page.Items.Select(run => run.Id));
    }
}
