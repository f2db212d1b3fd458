using Refresher.Core.Queue;
using StackExchange.Redis;

namespace Refresher.Api.Workers;

/// <summary>Who gives signs of life, as far as Redis can tell: while it is away nobody is seen, and what PostgreSQL knows is still shown.</summary>
internal sealed partial class LivingNodes(NodePresence presence, ILogger<LivingNodes> log)
{
    public async Task<IReadOnlyList<NodeStatus>> ListAsync()
    {
        try
        {
            return await presence.ListAsync();
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            LogUnseen(error.Message);
            return [];
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot tell who lives: {Reason}.")]
    private partial void LogUnseen(string reason);
}
