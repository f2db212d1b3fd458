using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>Orders to workers. Lost ones are noticed when a lease is renewed, or when a worker looks by itself: the rows say the same.</summary>
public sealed partial class RunOrders(IConnectionMultiplexer redis, ILogger<RunOrders> log)
{
    private const string CancelWord = "cancel ";
    private const string LookWord = "look";

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

    /// <summary>Tells every worker that orders or holds have changed.</summary>
    public async Task LookAsync()
    {
        try
        {
            await redis.GetSubscriber().PublishAsync(RedisKeys.Control, LookWord);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            LogNotHinted(error.Message);
        }
    }

    internal static bool IsLook(string order) => order == LookWord;

    internal static bool TryReadCancel(string order, out Guid run)
    {
        run = default;
        return order.StartsWith(CancelWord, StringComparison.Ordinal) && Guid.TryParseExact(order.AsSpan(CancelWord.Length), "N", out run);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "A cancel could not be sent ({Reason}); the worker sees it when it renews its lease.")]
    private partial void LogNotSent(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Workers could not be told to look at their orders ({Reason}); they do within seconds.")]
    private partial void LogNotHinted(string reason);
}
