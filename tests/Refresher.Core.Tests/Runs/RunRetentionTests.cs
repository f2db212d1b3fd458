using System.Text.Json;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

public sealed class RunRetentionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Old_successes_go_failures_stay_longer_and_days_with_unfinished_runs_are_kept()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await StartAsync(database);
        var (freshSuccess, oldSuccess) = (Ago(1), Ago(40));
        var (oldFailure, ancientFailure) = (Ago(40) with { State = RunState.Failed }, Ago(120) with { State = RunState.Failed });
        var (unfinished, besideUnfinished) = (Ago(150) with { State = RunState.Running }, Ago(150) with { State = RunState.Failed });
        await History.AddAsync(engine, freshSuccess, oldSuccess, oldFailure, ancientFailure, unfinished, besideUnfinished);

        await using var later = await EngineHost.StartAsync(database, TestKinds.Catalog, "scheduler");

        await GoneAsync(later, ancientFailure);
        await GoneAsync(later, oldSuccess);
        await GoneAsync(later, besideUnfinished);
        Assert.True(await ExistsAsync(later, freshSuccess));
        Assert.True(await ExistsAsync(later, oldFailure));
        Assert.True(await ExistsAsync(later, unfinished));
    }

    [Fact]
    public async Task A_schedule_may_keep_its_runs_shorter_or_longer_than_the_others()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await StartAsync(database);
        var brief = await CreateAsync(engine, "brief", new RetentionPolicy { Succeeded = TimeSpan.FromDays(3), Others = TimeSpan.FromDays(10) });
        var longer = await CreateAsync(engine, "longer", new RetentionPolicy { Succeeded = TimeSpan.FromDays(300) });
        PastRun Of(Guid schedule, int days, RunState state = RunState.Succeeded) => Ago(days) with { ScheduleId = schedule, State = state };
        PastRun[] gone = [Of(brief, 5), Of(brief, 40), Of(brief, 15, RunState.Failed), Of(longer, 120, RunState.Failed), Of(longer, 320), Ago(40), Of(Guid.NewGuid(), 40)];
        PastRun[] kept = [Of(brief, 1), Of(brief, 5, RunState.Expired), Of(longer, 40), Of(longer, 200), Of(longer, 40, RunState.Failed), Ago(5)];
        await History.AddAsync(engine, [.. gone, .. kept]);
        await History.LogAsync(engine, gone[0].Id, "goes with its run");

        await using var later = await EngineHost.StartAsync(database, TestKinds.Catalog, "scheduler");

        foreach (var run in gone)
        {
            await GoneAsync(later, run);
        }

        foreach (var run in kept)
        {
            Assert.True(await ExistsAsync(later, run), run.ToString());
        }

        Assert.Empty(await later.WithAsync<RunQueries, List<RunLogLine>>(q => q.LogsAsync(gone[0].Id, -1, default, 10, default)));
    }

    /// <summary>A client of a database with the schema: no scheduler drops a day while it is being written.</summary>
    private static async Task<EngineHost> StartAsync(TestDatabase database)
    {
        await using (await EngineHost.StartAsync(database, TestKinds.Catalog, "scheduler"))
        {
            return await EngineHost.StartAsync(database, TestKinds.Catalog, "");
        }
    }

    private static PastRun Ago(int days) => new(Now.AddDays(-days)) { Trigger = RunTrigger.Api, Queue = "nobody" };

    private static Task<Guid> CreateAsync(EngineHost engine, string key, RetentionPolicy retention) => engine.WithAsync<ScheduleCommands, Guid>(async commands => (await commands.CreateAsync(new ScheduleInput
    {
        Key = key,
        Name = key,
        Kind = "echo",
        Retention = retention,
        Enabled = false,
        Cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "01:00:00" }),
    }, default)).Value!.Id);

    private static Task<bool> GoneAsync(EngineHost engine, PastRun run) => Eventually.SeeAsync(() => ExistsAsync(engine, run), there => !there);

    private static async Task<bool> ExistsAsync(EngineHost engine, PastRun run) => await engine.WithAsync<RunQueries, Run?>(q => q.FindAsync(run.Id, default)) is not null;
}
