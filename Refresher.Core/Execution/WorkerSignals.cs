using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Queue;
using StackExchange.Redis;

namespace Refresher.Core.Execution;

/// <summary>What a worker hears over Redis: that something was queued, orders about runs it holds, and that there are new orders for it. All are hints; the truth is looked up.</summary>
internal sealed partial class WorkerSignals(IConnectionMultiplexer redis, ActiveRuns active, ILogger<WorkerSignals> log) : BackgroundService
{
    private static readonly TimeSpan TryEvery = TimeSpan.FromSeconds(1);

    public Signal Wake { get; } = new();

    /// <summary>Set when orders or holds have changed.</summary>
    public Signal Look { get; } = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // Once it has succeeded the client renews the subscriptions by itself after every reconnect.
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await redis.GetSubscriber().SubscribeAsync(RedisKeys.Wake, (_, _) => Wake.Set());
                await redis.GetSubscriber().SubscribeAsync(RedisKeys.Control, (_, message) => Obey((string?)message ?? ""));
                return;
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                LogDeaf(error.Message);
                await Task.Delay(TryEvery, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private void Obey(string order)
    {
        if (RunOrders.TryReadCancel(order, out var id))
        {
            active.Stop(id, StopCause.CancelRequested);
        }
        else if (RunOrders.IsLook(order))
        {
            Look.Set();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be listened to: {Reason}. The worker looks twice a second instead.")]
    private partial void LogDeaf(string reason);
}
