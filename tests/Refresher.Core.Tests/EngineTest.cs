using System.Text.Json;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Core.Tests;

/// <summary>A test of the engine whole: a scheduler and a worker in this process on a database of its own.</summary>
public abstract class EngineTest : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    internal TestDatabase Database => _database;

    internal EngineHost Engine => _engine;

    /// <summary>What the process is; see <see cref="EngineHost.StartAsync"/>.</summary>
    private protected virtual string Roles => "scheduler,worker";

    protected virtual (string Key, string Value)[] Settings => [];

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, Roles, Settings);
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    protected Task<Schedule> CreateAsync(string json) => _engine.WithAsync<ScheduleCommands, Schedule>(async commands =>
    {
        var result = await commands.CreateAsync(JsonSerializer.Deserialize<ScheduleInput>(json, ScheduleInput.Json)!, default);
        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString());
    });

    protected async Task<Guid> PostAsync(string json) => (await PostAsync([json]))[0];

    protected Task<IReadOnlyList<Guid>> PostAsync(string[] json) => _engine.WithAsync<RunCommands, IReadOnlyList<Guid>>(async commands =>
    {
        var result = await commands.CreateAsync([.. json.Select(one => JsonSerializer.Deserialize<RunInput>(one, ScheduleInput.Json)!)], default);
        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString());
    });

    protected Task<Run> RunAsync(Guid id) => _engine.WithAsync<RunQueries, Run>(async q => (await q.FindAsync(id, default))!);

    protected async Task<IReadOnlyList<Run>> RunsAsync(RunFilter filter) => (await _engine.WithAsync<RunQueries, Page<Run>>(q => q.ListAsync(filter, null, 100, default))).Items;

    protected Task<IReadOnlyList<Run>> RunsAsync(Guid schedule) => RunsAsync(new RunFilter { ScheduleId = schedule });

    protected Task<Run> EndedAsync(Guid id, double seconds = 60) => Eventually.SeeAsync(() => RunAsync(id), run => run.State.IsFinal(), seconds);

    protected async Task<IReadOnlyList<Run>> EndedAsync(IEnumerable<Guid> ids, double seconds = 60)
    {
        var ended = new List<Run>();
        foreach (var id in ids)
        {
            ended.Add(await EndedAsync(id, seconds));
        }

        return ended;
    }

    /// <summary>The most of these runs that executed at the same instant, by their own record.</summary>
    protected static int MostAtOnce(IReadOnlyCollection<Run> runs) =>
        runs.Max(run => runs.Count(other => other.StartedAt <= run.StartedAt && run.StartedAt < other.FinishedAt));
}
