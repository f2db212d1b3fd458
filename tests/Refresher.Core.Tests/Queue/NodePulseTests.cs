using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Queue;
using Refresher.Testing;

namespace Refresher.Core.Tests.Queue;

public sealed class NodePulseTests : IAsyncLifetime
{
    private TestDatabase _database = null!;
    private EngineHost _worker = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _worker = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler,worker");
    }

    public async Task DisposeAsync()
    {
        await _worker.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_process_that_does_nothing_new_is_heard_on_the_pulse_alone()
    {
        var before = "";
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await foreach (var signal in Signals.SubscribeAsync([LiveSignal.Workers, LiveSignal.Pulse], limit.Token))
        {
            if ((before, signal.Topic) == (LiveSignal.Pulse, LiveSignal.Pulse))
            {
                return;
            }

            before = signal.Topic;
        }

        Assert.Fail("There was no pulse without news.");
    }

    [Fact]
    public async Task Who_fell_silent_is_taken_off_by_another_who_tells_it()
    {
        var presence = _worker.Services.GetRequiredService<NodePresence>();
        var now = _worker.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await Eventually.SeeAsync(presence.ListAsync, nodes => nodes.Count > 0, seconds: 30);
        await using var heard = Signals.SubscribeAsync([LiveSignal.Workers], CancellationToken.None).GetAsyncEnumerator();
        var news = heard.MoveNextAsync().AsTask();

        await presence.SayAsync(new NodeStatus("gone", "worker", "1.0", now.AddHours(-1), now - NodePresence.Silence - TimeSpan.FromSeconds(1), 0, 0));

        Assert.True(await news.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.DoesNotContain(await presence.ListAsync(), node => node.Name == "gone");
    }

    private LiveSignals Signals => _worker.Services.GetRequiredService<LiveSignals>();
}
