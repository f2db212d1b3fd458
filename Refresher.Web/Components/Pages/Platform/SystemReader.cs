using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Outbox;
using Refresher.Core.Queue;
using Refresher.Core.Watch;
using Refresher.Web.Hosting;
using StackExchange.Redis;

namespace Refresher.Web.Components.Pages.Platform;

/// <summary>What the System page shows; null where a server does not answer.</summary>
public sealed record SystemView(DatabaseFacts? Database, RedisFacts? Redis, IReadOnlyList<NodeStatus>? Nodes, IReadOnlyList<EventReaderView> Readers, WatchdogStatus? Watchdog);

/// <summary>Asks the servers how they are; everyone who looks within a few seconds shares the answer.</summary>
internal sealed class SystemReader(DatabaseInfo database, RedisInfo redis, Nodes nodes, EventQueries events, WatchdogState watchdog, Shared<SystemView> shared)
{
    public Task<SystemView> ReadAsync() => shared.GetAsync(async () =>
    {
        var (answers, facts) = (await nodes.ListAsync(), await RedisAsync());
        try
        {
            return new SystemView(await database.ReadAsync(CancellationToken.None), facts, answers, await events.ReadersAsync(CancellationToken.None), await watchdog.ReadAsync(CancellationToken.None));
        }
        catch (NpgsqlException)
        {
            // The page says so.
            return new SystemView(null, facts, answers, [], null);
        }
    });

    private async Task<RedisFacts?> RedisAsync()
    {
        try
        {
            return await redis.ReadAsync();
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return null;
        }
    }
}
