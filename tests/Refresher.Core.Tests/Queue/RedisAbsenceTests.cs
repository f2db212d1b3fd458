using Refresher.Core.Queue;
using Refresher.Testing;

namespace Refresher.Core.Tests.Queue;

public sealed class RedisAbsenceTests
{
    [Fact]
    public async Task A_killed_Redis_is_found_again_within_seconds()
    {
        await using var servers = await TestServers.StartAsync();
        await using var database = await TestDatabase.CreateAsync(servers);
        await using var migrated = await EngineHost.StartAsync(database, TestKinds.Catalog, "scheduler");
        var queue = (RunQueue)migrated.Services.GetService(typeof(RunQueue))!;
        Assert.True(await SendAsync(queue));

        await servers.KillAsync("redis");
        Assert.False(await SendAsync(queue));
        await servers.StartAgainAsync("redis");

        await Eventually.SeeAsync(() => SendAsync(queue), sent => sent);
    }

    private static Task<bool> SendAsync(RunQueue queue) => queue.SendAsync([new QueuedRun(Guid.NewGuid(), "default", 2)]);
}
