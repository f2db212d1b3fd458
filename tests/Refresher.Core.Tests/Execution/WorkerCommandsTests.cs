using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Execution;

public sealed class WorkerCommandsTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_drained_worker_finishes_what_it_has_takes_nothing_more_and_stays_drained_over_a_restart()
    {
        await using (await WorkerAsync("left"))
        {
            var begun = await PostAsync("00:00:01");
            await SeeAsync(begun, RunState.Running);
            await DoAsync(commands => commands.DrainAsync("left", default));
            await SeeNodeAsync("left", node => node.State == "draining");
            await SeeAsync(begun, RunState.Succeeded);
        }

        await using var again = await WorkerAsync("left");
        await SeeNodeAsync("left", node => node.State == "draining");
        var waiting = await PostAsync("00:00:00");
        await using (await WorkerAsync("right"))
        {
            await SeeAsync(waiting, RunState.Succeeded);
        }

        Assert.StartsWith("right.", (await RunAsync(waiting)).Worker, StringComparison.Ordinal);
        var order = (await OrdersAsync())["left"];
        Assert.Equal("program", order.DrainedBy);

        var next = await PostAsync("00:00:00");
        await DoAsync(commands => commands.ResumeAsync("left", default));
        await SeeAsync(next, RunState.Succeeded);
        Assert.Null((await OrdersAsync())["left"].DrainedAt);
    }

    [Fact]
    public async Task Concurrency_grows_and_shrinks_while_runs_go_on_and_none_is_dropped()
    {
        await using var worker = await WorkerAsync("elastic", ("Worker:Concurrency", "1"));
        await SeeNodeAsync("elastic", node => node.Concurrency == 1);
        var ids = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => PostAsync("00:00:00.4")));
        var slots = worker.Services.GetRequiredService<WorkerSlots>();

        await DoAsync(commands => commands.SetConcurrencyAsync("elastic", 4, default));
        await Eventually.SeeAsync(() => Task.FromResult(slots.Busy), busy => busy == 4);
        await DoAsync(commands => commands.SetConcurrencyAsync("elastic", 2, default));
        await Eventually.SeeAsync(() => Task.FromResult((slots.Concurrency, slots.Busy)), now => now is { Concurrency: 2, Busy: <= 2 });

        foreach (var id in ids)
        {
            Assert.Equal(1, (await SeeAsync(id, RunState.Succeeded)).Attempt);
        }

        await DoAsync(commands => commands.SetConcurrencyAsync("elastic", null, default));
        await Eventually.SeeAsync(() => Task.FromResult(slots.Concurrency), concurrency => concurrency == 1);
    }

    [Fact]
    public async Task A_stopped_worker_hands_back_what_it_cannot_finish_and_one_that_begins_later_is_not_meant()
    {
        await using var worker = await WorkerAsync("ending", ("Worker:StopGrace", "00:00:00.2"));
        await SeeNodeAsync("ending", node => node.State == "running");
        var id = await PostAsync("00:00:02");
        await SeeAsync(id, RunState.Running);

        await DoAsync(commands => commands.StopAsync("ending", default));
        await worker.WaitForStopAsync().WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(RunState.Queued, (await RunAsync(id)).State);

        await using var later = await WorkerAsync("ending");
        Assert.Equal(1, (await SeeAsync(id, RunState.Succeeded)).Attempt);
        Assert.False(later.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.IsCancellationRequested);
    }

    [Fact]
    public async Task A_stopped_process_finishes_its_runs_and_exits_with_0()
    {
        await using var worker = ServiceProcess.Start("Worker", "process", _database);
        await SeeNodeAsync("process", node => node.State == "running", 60);
        var id = (await _engine.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([new RunInput { Kind = "hello" }], default))).Value![0];
        await SeeAsync(id, RunState.Succeeded);

        await DoAsync(commands => commands.StopAsync("process", default));

        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await worker.WaitForExitAsync(limit.Token);
        Assert.Equal(0, worker.ExitCode);
    }

    [Fact]
    public async Task A_worker_says_what_it_ended_lately_by_queue()
    {
        await using var worker = await WorkerAsync("counting");
        var ids = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => PostAsync("00:00:00")));
        foreach (var id in ids)
        {
            await SeeAsync(id, RunState.Succeeded);
        }

        var node = await SeeNodeAsync("counting", node => node.Ended.GetValueOrDefault("default")?.Minute == 5);

        Assert.Equal(5, node.Ended["default"].Hour);
    }

    [Fact]
    public async Task What_is_told_to_a_worker_is_audited()
    {
        await using var worker = await WorkerAsync("audited");
        var process = await SeeNodeAsync("audited", _ => true);

        // A process's own name will do as well.
        await DoAsync(commands => commands.DrainAsync(process.Name, default));
        await DoAsync(commands => commands.SetConcurrencyAsync("audited", 3, default));

        var entries = await _engine.WithAsync<Core.Access.AuditQueries, Page<Core.Access.AuditEntry>>(audit => audit.ListAsync(new() { Subject = "audited" }, null, 10, default));
        Assert.Equal(["worker.concurrency", "worker.drain"], entries.Items.Select(entry => entry.Action));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10_001)]
    public async Task A_wrong_concurrency_is_refused(int concurrency)
    {
        var refused = await _engine.WithAsync<WorkerCommands, Result<WorkerOrder>>(commands => commands.SetConcurrencyAsync("any", concurrency, default));

        Assert.Single(refused.Errors!.Of("concurrency"));
    }

    [Fact]
    public async Task A_worker_of_whom_nobody_has_heard_is_told_nothing() =>
        Assert.True((await _engine.WithAsync<WorkerCommands, Result<WorkerOrder>>(commands => commands.DrainAsync("nobody", default))).IsNotFound);

    private Task<EngineHost> WorkerAsync(string name, params (string, string)[] settings) =>
        EngineHost.StartAsync(_database, TestKinds.Catalog, "worker", [("Node:Name", name), .. settings]);

    private async Task DoAsync(Func<WorkerCommands, Task<Result<WorkerOrder>>> act) => Assert.NotNull((await _engine.WithAsync(act)).Value);

    private Task<IReadOnlyDictionary<string, WorkerOrder>> OrdersAsync() => _engine.WithAsync<WorkerCommands, IReadOnlyDictionary<string, WorkerOrder>>(commands => commands.OrdersAsync(default));

    private async Task<Guid> PostAsync(string wait)
    {
        var options = System.Text.Json.JsonElement.Parse($$"""{"wait":"{{wait}}"}""");
        return (await _engine.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([new RunInput { Kind = "echo", Options = options }], default))).Value![0];
    }

    private Task<Run> RunAsync(Guid id) => _engine.WithAsync<RunQueries, Run>(async queries => (await queries.FindAsync(id, default))!);

    private Task<Run> SeeAsync(Guid id, RunState state) => Eventually.SeeAsync(() => RunAsync(id), run => run.State == state);

    private async Task<NodeStatus> SeeNodeAsync(string name, Func<NodeStatus, bool> done, double seconds = 60) => (await Eventually.SeeAsync(
        async () => (await _engine.Services.GetRequiredService<NodePresence>().ListAsync()).FirstOrDefault(node => node.Worker == name), node => node is not null && done(node), seconds))!;
}
