using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>Orders to whoever executes a run. Lost ones are noticed when the lease is renewed: the row says the same.</summary>
public sealed partial class RunOrders(IConnectionMultiplexer redis, ILogger<RunOrders> log)
{
    private const string CancelWord = "cancel ";

    /// <summary>Tells the holder of these runs to end them.</summary>
    public async Task CancelAsync(IEnumerable<Guid> runs)
    {
        try
        {
            await Task.WhenAll(runs.Select(id => redis.GetSubscriber().PublishAsync(RedisKeys.Control, CancelWord + id.ToString("N"))));
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            LogNotSent(error.Message);
        }
    }

    internal static bool TryReadCancel(string order, out Guid run)
    {
        run = default;
        return order.StartsWith(CancelWord, StringComparison.Ordinal) && Guid.TryParseExact(order.AsSpan(CancelWord.Length), "N", out run);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A cancel could not be sent ({Reason}); the worker sees it when it renews its lease.")]
    private partial void LogNotSent(string reason);
}
