using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Tasks.TaskName;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.TaskName;

public sealed class TaskNameTaskTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TaskCatalog.Kinds, "scheduler");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task It_counts_words_and_keeps_them_once_however_often_the_run_is_done()
    {
        var run = new RunHarness();

        var outcome = await RunAsync(run);
        await RunAsync(run);

        Assert.Equal(3, (int?)Assert.IsType<RunOutcome.SuccessOutcome>(outcome).Output!["words"]);
        Assert.Equal(["Counted 3 words", "Counted 3 words"], run.Lines.Select(line => line.Text));
        var kept = Assert.Single((await ListAsync(null, 10)).Items);
        Assert.Equal((run.Id, 3), (kept.Id, kept.Words));
    }

    [Fact]
    public async Task The_latest_come_first_page_by_page()
    {
        var runs = new[] { new RunHarness(), new RunHarness(), new RunHarness() };
        foreach (var run in runs)
        {
            await RunAsync(run);
        }

        var first = await ListAsync(null, 2);
        var second = await ListAsync(Guid.Parse(first.Next!), 2);

        Assert.Equal(runs.Select(run => run.Id).OrderDescending(), first.Items.Concat(second.Items).Select(result => result.Id));
        Assert.Null(second.Next);
    }

    private async Task<RunOutcome> RunAsync(RunHarness run)
    {
        await using var scope = _engine.Services.CreateAsyncScope();
        return await ActivatorUtilities.CreateInstance<TaskNameTask>(scope.ServiceProvider).RunAsync(new TaskNameOptions { Text = " three short\nwords " }, run, CancellationToken.None);
    }

    private Task<Page<TaskNameResult>> ListAsync(Guid? after, int limit) =>
        _engine.WithAsync<TaskNameQueries, Page<TaskNameResult>>(queries => queries.ListAsync(after, limit, CancellationToken.None));
}
