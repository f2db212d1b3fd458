using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Queue;
using Refresher.Testing;
using StackExchange.Redis;

namespace Refresher.Core.Tests.Queue;

public sealed class RunQueueTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    private RunQueue Queue => _engine.Services.GetRequiredService<RunQueue>();

    private IDatabase Redis => _engine.Services.GetRequiredService<IConnectionMultiplexer>().GetDatabase();

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();

        // No worker: nobody else takes what is sent here.
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_is_sent_is_taken_once_in_order_with_its_trace()
    {
        var runs = await SendAsync(3, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");

        Assert.Equal((long[])[0, 0, 3, 0, 0], await Queue.LengthsAsync("default"));
        var taken = await Queue.TakeAsync("default", 2, "one", 10);
        Assert.Equal(runs.Select(run => (run.Id, run.Trace)), taken.Select(delivery => (delivery.RunId, delivery.Trace)));
        Assert.Empty(await Queue.TakeAsync("default", 2, "two", 10));
        Assert.True(await Queue.HasTakenAsync("default", 2, "one"));
        Assert.False(await Queue.HasTakenAsync("default", 2, "two"));
    }

    [Fact]
    public async Task What_was_taken_can_be_taken_again_until_it_is_claimed()
    {
        var runs = await SendAsync(3);
        var taken = await Queue.TakeAsync("default", 2, "one", 10);

        await Queue.ClaimedAsync("default", 2, [taken[0]]);

        Assert.Equal(runs.Skip(1).Select(run => run.Id), (await Queue.TakeAgainAsync("default", 2, "one", 10)).Select(delivery => delivery.RunId));
        Assert.Equal(2, (await Queue.LengthsAsync("default"))[2]);
    }

    [Fact]
    public async Task An_entry_that_was_taken_and_is_dropped_is_passed_over()
    {
        var runs = await SendAsync(2);
        var taken = await Queue.TakeAsync("default", 2, "one", 10);

        await Redis.StreamDeleteAsync(RedisKeys.Stream("default", 2), [taken[0].Entry]);

        Assert.Equal(runs[1].Id, Assert.Single(await Queue.TakeAgainAsync("default", 2, "one", 10)).RunId);
    }

    [Fact]
    public async Task What_a_worker_left_goes_to_another_one_after_a_while()
    {
        var runs = await SendAsync(2);
        await Queue.TakeAsync("default", 2, "gone", 10);

        Assert.Empty(await Queue.TakeOverAsync("default", 2, "other", TimeSpan.FromHours(1), 10));
        Assert.Equal(runs.Select(run => run.Id), (await Queue.TakeOverAsync("default", 2, "other", TimeSpan.Zero, 10)).Select(delivery => delivery.RunId));
        Assert.False(await Queue.HasTakenAsync("default", 2, "gone"));
    }

    [Fact]
    public async Task All_of_a_long_stream_is_read()
    {
        var runs = await SendAsync(2300);

        var content = new List<Guid>();
        await foreach (var id in Queue.ContentAsync("default", 2))
        {
            content.Add(id);
        }

        Assert.Equal(runs.Select(run => run.Id).Order(), content.Order());
    }

    [Fact]
    public async Task A_worker_that_leaves_entries_behind_is_not_forgotten_before_they_are_taken_over()
    {
        await SendAsync(1);
        await Queue.TakeAsync("default", 2, "one", 10);

        await Queue.ForgetAsync("default", "one");
        Assert.True(await Queue.HasTakenAsync("default", 2, "one"));
        await Queue.ClaimedAsync("default", 2, await Queue.TakeAgainAsync("default", 2, "one", 10));
        Assert.Single(await ConsumersAsync());
        await Queue.ForgetAsync("default", "one");

        Assert.Empty(await ConsumersAsync());
    }

    private Task<StreamConsumerInfo[]> ConsumersAsync() => Redis.StreamConsumerInfoAsync(RedisKeys.Stream("default", 2), "workers");

    private async Task<QueuedRun[]> SendAsync(int count, string? trace = null)
    {
        var runs = Enumerable.Range(0, count).Select(_ => new QueuedRun(Guid.CreateVersion7(), "default", 2) { Trace = trace }).ToArray();
        Assert.True(await Queue.SendAsync(runs));
        return runs;
    }
}
