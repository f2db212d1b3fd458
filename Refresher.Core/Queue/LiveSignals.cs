using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>Something changed: a topic, never a payload. Whoever cares reads PostgreSQL, which is the truth.</summary>
public readonly record struct LiveSignal(string Topic)
{
    /// <summary>Any run changed its state.</summary>
    public const string Runs = "runs";

    /// <summary>A schedule was made, edited or deleted.</summary>
    public const string Schedules = "schedules";

    /// <summary>A calendar was made, edited or deleted.</summary>
    public const string Calendars = "calendars";

    /// <summary>A process came or went, or does other work than before.</summary>
    public const string Workers = "workers";

    /// <summary>A process said again that it lives, and how much it uses: every few seconds, for pages that show just that.</summary>
    public const string Pulse = "pulse";

    /// <summary>A queue was paused or resumed.</summary>
    public const string Queues = "queues";

    /// <summary>A limit was edited, or runs wait for one.</summary>
    public const string Limits = "limits";

    /// <summary>Events were written.</summary>
    public const string Outbox = "outbox";

    /// <summary>A consumer of events failed or goes on, or an event was set aside or replayed.</summary>
    public const string Events = "events";

    /// <summary>A channel, a rule, an alert or a delivery changed.</summary>
    public const string Alerts = "alerts";

    /// <summary>A message is due to be sent, or room to send one is free again.</summary>
    public const string Deliveries = "deliveries";

    /// <summary>A run was written that is ready at once: no scheduler has it in its timer.</summary>
    public const string Ready = "ready";

    /// <summary>Signals may have been lost: every listener gets it, whatever it wants, and looks once.</summary>
    public const string Everything = "*";

    /// <summary>One run changed its state, or has new lines or progress.</summary>
    public static string Run(Guid id) => $"run:{id:N}";
}

/// <summary>
/// Live signals between all processes over Redis' publish/subscribe: hints that make pages quick. A lost one costs nothing but time,
/// since listeners also look now and then.
/// </summary>
public sealed partial class LiveSignals(IConnectionMultiplexer redis, ILogger<LiveSignals> log) : IHostedService
{
    private const char Separator = ' ';
    private readonly ConcurrentDictionary<Channel<LiveSignal>, IReadOnlyCollection<string>> _listeners = new();
    private bool _failing;

    /// <summary>Tells every process that these topics changed. Never throws for Redis' sake.</summary>
    public async Task PublishAsync(IReadOnlyCollection<string> topics)
    {
        if (topics.Count == 0)
        {
            return;
        }

        try
        {
            await redis.GetSubscriber().PublishAsync(RedisKeys.Live, string.Join(Separator, topics));
            _failing = false;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            if (!_failing)
            {
                _failing = true;
                LogMute(error.Message);
            }
        }
    }

    /// <summary>The signals of some topics from now on. A slow reader gets the latest few, which is all it needs.</summary>
    public async IAsyncEnumerable<LiveSignal> SubscribeAsync(IReadOnlyCollection<string> topics, [EnumeratorCancellation] CancellationToken cancel)
    {
        var channel = Channel.CreateBounded<LiveSignal>(new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });
        _listeners[channel] = topics;
        try
        {
            await foreach (var signal in channel.Reader.ReadAllAsync(cancel))
            {
                yield return signal;
            }
        }
        finally
        {
            _listeners.TryRemove(channel, out _);
        }
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken)
    {
        // The client keeps the subscription over reconnects; at start Redis may be absent, and nobody waits for it.
        redis.ConnectionRestored += (_, restored) => Deliver(restored.ConnectionType == ConnectionType.Subscription ? LiveSignal.Everything : "");
        _ = SubscribeToRedisAsync();
        return Task.CompletedTask;
    }

    Task IHostedService.StopAsync(CancellationToken cancellationToken)
    {
        foreach (var channel in _listeners.Keys)
        {
            channel.Writer.TryComplete();
        }

        return Task.CompletedTask;
    }

    private async Task SubscribeToRedisAsync()
    {
        while (true)
        {
            try
            {
                await redis.GetSubscriber().SubscribeAsync(RedisKeys.Live, (_, message) => Deliver(message));
                return;
            }
            catch (Exception error) when (error is RedisException or TimeoutException)
            {
                LogDeaf(error.Message);
                await Task.Delay(TimeSpan.FromSeconds(2));
            }
        }
    }

    private void Deliver(RedisValue message)
    {
        var topics = ((string?)message ?? "").Split(Separator, StringSplitOptions.RemoveEmptyEntries);
        foreach (var (channel, wanted) in _listeners)
        {
            foreach (var topic in topics)
            {
                if (topic == LiveSignal.Everything || wanted.Contains(topic))
                {
                    channel.Writer.TryWrite(new LiveSignal(topic));
                }
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Live signals are not sent: {Reason}. Pages refresh more slowly until Redis answers.")]
    private partial void LogMute(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Live signals are not received: {Reason}. Trying again.")]
    private partial void LogDeaf(string reason);
}
