using Refresher.Core.Queue;
using StackExchange.Redis;

namespace Refresher.Web.Hosting;

/// <summary>Who is there, for pages: without Redis they say so instead of failing.</summary>
internal sealed partial class Nodes(NodePresence presence, ILogger<Nodes> log)
{
    /// <summary>Null when Redis does not answer.</summary>
    public async Task<IReadOnlyList<NodeStatus>?> ListAsync()
    {
        try
        {
            return await presence.ListAsync();
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            LogUnknown(error.Message);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Who is there is not known: {Reason}")]
    private partial void LogUnknown(string reason);
}
