using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>
/// The dispatch: one Redis stream per queue and priority, holding the ids that nobody has claimed. It may lose everything at any time;
/// PostgreSQL knows which runs are queued, and <c>QueueReconciler</c> puts back what is missing here.
/// </summary>
public sealed partial class RunQueue(IConnectionMultiplexer redis, ILogger<RunQueue> log)
{
    /// <summary>Streams a queue has: priorities 0 (first) to 4.</summary>
    public const int Priorities = 5;

    private const string Group = "workers";

    /// <summary>An entry's fields: the run's id, and the trace it belongs to.</summary>
    private const string RunField = "r", TraceField = "t";

    /// <summary>Entries sent in one go, so that a burst neither fills the socket's buffer nor starves other calls.</summary>
    private const int SendBatch = 1000;

    private readonly ConcurrentDictionary<RedisKey, bool> _groups = new();
    private volatile bool _silent;

    private IDatabase Database => redis.GetDatabase();

    /// <summary>
    /// Sends runs whose rows are committed as queued, and wakes the workers. When Redis does not answer it says so once in the log and
    /// returns false: the rows are safe, and the reconciler sends them when Redis is back.
    /// </summary>
    public async Task<bool> SendAsync(IReadOnlyCollection<QueuedRun> runs)
    {
        if (runs.Count == 0)
        {
            return true;
        }

        try
        {
            foreach (var chunk in runs.Chunk(SendBatch))
            {
                await Task.WhenAll(chunk.Select(AddAsync));
            }

            await Database.PublishAsync(RedisKeys.Wake, RedisValue.EmptyString);
            _silent = false;
            return true;
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            if (!_silent)
            {
                _silent = true;
                LogNotSent(runs.Count, error.Message);
            }

            return false;
        }
    }

    private Task AddAsync(QueuedRun run)
    {
        var id = new NameValueEntry(RunField, run.Id.ToString("N"));
        return Database.StreamAddAsync(RedisKeys.Stream(run.Queue, run.Priority), run.Trace is { } trace ? [id, new(TraceField, trace)] : [id]);
    }

    /// <summary>Entries of each priority that nobody has claimed, in the order of priorities.</summary>
    internal Task<long[]> LengthsAsync(string queue) =>
        Task.WhenAll(Enumerable.Range(0, Priorities).Select(priority => Database.StreamLengthAsync(RedisKeys.Stream(queue, priority))));

    /// <summary>Whether a worker took entries that it has not claimed yet.</summary>
    internal async Task<bool> HasTakenAsync(string queue, int priority, string consumer)
    {
        var stream = RedisKeys.Stream(queue, priority);
        await EnsureGroupAsync(stream);
        return (await Database.StreamPendingMessagesAsync(stream, Group, 1, consumer)).Length > 0;
    }

    /// <summary>Takes at most <paramref name="count"/> new entries for <paramref name="consumer"/>; they stay pending until <see cref="ClaimedAsync"/>.</summary>
    internal Task<IReadOnlyList<Delivery>> TakeAsync(string queue, int priority, string consumer, int count) => ReadAsync(queue, priority, consumer, count, StreamPosition.NewMessages);

    /// <summary>Takes entries again that <paramref name="consumer"/> took and could not claim then, the first ones first.</summary>
    internal Task<IReadOnlyList<Delivery>> TakeAgainAsync(string queue, int priority, string consumer, int count) => ReadAsync(queue, priority, consumer, count, StreamPosition.Beginning);

    private async Task<IReadOnlyList<Delivery>> ReadAsync(string queue, int priority, string consumer, int count, RedisValue from)
    {
        var stream = RedisKeys.Stream(queue, priority);
        for (var again = false; ; again = true)
        {
            try
            {
                await EnsureGroupAsync(stream);
                return Deliveries(await Database.StreamReadGroupAsync(stream, Group, consumer, from, count));
            }
            catch (RedisServerException error) when (!again && error.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
            {
                // Redis was wiped: the group went with everything else.
                _groups.TryRemove(stream, out _);
            }
        }
    }

    /// <summary>Takes over entries that a worker took and neither claimed nor returned for <paramref name="idle"/>: it died in between.</summary>
    internal async Task<IReadOnlyList<Delivery>> TakeOverAsync(string queue, int priority, string consumer, TimeSpan idle, int count)
    {
        var stream = RedisKeys.Stream(queue, priority);
        await EnsureGroupAsync(stream);
        return Deliveries((await Database.StreamAutoClaimAsync(stream, Group, consumer, (long)idle.TotalMilliseconds, StreamPosition.Beginning, count)).ClaimedEntries);
    }

    /// <summary>Drops entries whose runs are claimed in PostgreSQL, or need no claim any more.</summary>
    internal async Task ClaimedAsync(string queue, int priority, IReadOnlyCollection<Delivery> deliveries)
    {
        if (deliveries.Count == 0)
        {
            return;
        }

        var stream = RedisKeys.Stream(queue, priority);
        RedisValue[] entries = [.. deliveries.Select(delivery => (RedisValue)delivery.Entry)];
        await Task.WhenAll(Database.StreamAcknowledgeAsync(stream, Group, entries), Database.StreamDeleteAsync(stream, entries));
    }

    /// <summary>The runs a stream holds, page by page in its order.</summary>
    internal async IAsyncEnumerable<Guid> ContentAsync(string queue, int priority)
    {
        var stream = RedisKeys.Stream(queue, priority);
        var from = "-";
        while (true)
        {
            var page = await Database.StreamRangeAsync(stream, from, "+", SendBatch);
            foreach (var delivery in Deliveries(page))
            {
                yield return delivery.RunId;
            }

            if (page.Length < SendBatch)
            {
                yield break;
            }

            from = "(" + page[^1].Id;
        }
    }

    /// <summary>Forgets a consumer that is gone. Where it leaves entries that it could not claim, it stays until they are taken over.</summary>
    internal async Task ForgetAsync(string queue, string consumer)
    {
        await Task.WhenAll(Enumerable.Range(0, Priorities).Select(async priority =>
        {
            if (!await HasTakenAsync(queue, priority, consumer))
            {
                await Database.StreamDeleteConsumerAsync(RedisKeys.Stream(queue, priority), Group, consumer);
            }
        }));
    }

    private async Task EnsureGroupAsync(RedisKey stream)
    {
        if (_groups.ContainsKey(stream))
        {
            return;
        }

        try
        {
            await Database.StreamCreateConsumerGroupAsync(stream, Group, StreamPosition.Beginning, createStream: true);
        }
        catch (RedisServerException error) when (error.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another worker was first.
        }

        _groups[stream] = true;
    }

    /// <summary>What the entries say. One that is still pending and was dropped meanwhile has no fields.</summary>
    private static List<Delivery> Deliveries(StreamEntry[] entries)
    {
        var deliveries = new List<Delivery>(entries.Length);
        foreach (var entry in entries)
        {
            if (entry.Values is { Length: > 0 } && Guid.TryParseExact(entry[RunField], "N", out var run))
            {
                deliveries.Add(new Delivery(run, entry.Id.ToString(), entry[TraceField]));
            }
        }

        return deliveries;
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} queued run(s) could not be sent to Redis ({Reason}); they are sent when it answers again.")]
    private partial void LogNotSent(int count, string reason);
}
