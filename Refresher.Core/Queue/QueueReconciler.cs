using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Telemetry;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>
/// Sends again what Redis forgot. A missing epoch key tells a wipe; otherwise counts that disagree over two looks lead to a comparison
/// page by page. Never by age alone: a run may rightly wait long. A run sent twice finds nothing to claim the second time.
/// </summary>
internal sealed partial class QueueReconciler(
    NpgsqlDataSource database, IConnectionMultiplexer redis, RunQueue queue, TimeProvider clock, SchemaGate gate, ILogger<QueueReconciler> log) : Loop(gate, log)
{
    private const int PageSize = 5000;
    private const int LooksBetweenCounts = 3;

    private const string CountSql = """
        SELECT queue, priority, count(*) FROM runs WHERE finished_at IS NULL AND state = 'queued' AND waiting_for IS NULL AND queued_at <= $1 GROUP BY queue, priority
        """;

    private const string PageSql = """
        SELECT id, queue, priority FROM runs WHERE finished_at IS NULL AND state = 'queued' AND waiting_for IS NULL AND id > $1 AND queued_at < $2 ORDER BY id LIMIT $3
        """;

    private int _looks;
    private bool _disagreed;

    private IDatabase Redis => redis.GetDatabase();

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        try
        {
            if (await WasWipedAsync())
            {
                // Before the first run that is what it should be.
                var sent = await ResendAsync(everything: true, cancel);
                LogWiped(sent > 0 ? LogLevel.Warning : LogLevel.Information, sent);

                // Set last: if this process dies before, the next one finds the wipe again.
                await Redis.StringSetAsync(RedisKeys.Epoch, clock.GetUtcNow().ToString("O"));
            }
            else if (++_looks % LooksBetweenCounts == 0)
            {
                await CompareCountsAsync(cancel);
            }
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            LogSilent(error.Message);
            await Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);
        }
    }

    private async Task<bool> WasWipedAsync() => !await Redis.KeyExistsAsync(RedisKeys.Epoch);

    private async Task CompareCountsAsync(CancellationToken cancel)
    {
        var disagree = false;
        foreach (var (name, priority, count) in await CountAsync(cancel))
        {
            disagree |= (await queue.LengthsAsync(name))[priority] < count;
        }

        if (disagree && _disagreed)
        {
            if (await ResendAsync(everything: false, cancel) is > 0 and var sent)
            {
                LogResent(sent);
            }

            disagree = false;
        }

        _disagreed = disagree;
    }

    private async Task<List<(string Queue, short Priority, long Count)>> CountAsync(CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(CountSql, connection) { Parameters = { new() { Value = clock.GetUtcNow() } } };
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var counts = new List<(string, short, long)>();
        while (await reader.ReadAsync(cancel))
        {
            counts.Add((reader.GetString(0), reader.GetInt16(1), reader.GetInt64(2)));
        }

        return counts;
    }

    /// <returns>How many were sent.</returns>
    private async Task<long> ResendAsync(bool everything, CancellationToken cancel)
    {
        // What was queued within the last second may be on its way; the next look finds it if it is not.
        var before = clock.GetUtcNow() - TimeSpan.FromSeconds(everything ? 0 : 1);
        var inRedis = everything ? [] : await ContentAsync(cancel);
        var after = Guid.Empty;
        long sent = 0;
        while (true)
        {
            var page = await PageAsync(after, before, cancel);
            var missing = page.Where(run => !inRedis.Contains(run.Id)).ToArray();
            if (!await queue.SendAsync(missing))
            {
                return sent;
            }

            sent += missing.Length;
            if (page.Count < PageSize)
            {
                break;
            }

            after = page[^1].Id;
        }

        RefresherTelemetry.Reconciles.Add(1, new KeyValuePair<string, object?>("cause", everything ? "wiped" : "difference"));
        RefresherTelemetry.Requeued.Add(sent);
        return sent;
    }

    private async Task<HashSet<Guid>> ContentAsync(CancellationToken cancel)
    {
        var content = new HashSet<Guid>();
        foreach (var (name, priority, _) in await CountAsync(cancel))
        {
            await foreach (var id in queue.ContentAsync(name, priority))
            {
                content.Add(id);
            }
        }

        return content;
    }

    private async Task<List<QueuedRun>> PageAsync(Guid after, DateTimeOffset before, CancellationToken cancel)
    {
        await using var command = database.CreateCommand(PageSql);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = after }, new() { Value = before }, new() { Value = PageSize } });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var page = new List<QueuedRun>();
        while (await reader.ReadAsync(cancel))
        {
            page.Add(new QueuedRun(reader.GetGuid(0), reader.GetString(1), reader.GetInt16(2)));
        }

        return page;
    }

    [LoggerMessage(Message = "Redis had nothing of ours; {Count} queued run(s) were sent again.")]
    private partial void LogWiped(LogLevel level, long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} queued run(s) that Redis did not have were sent again.")]
    private partial void LogResent(long count);

    [LoggerMessage(Level = LogLevel.Debug, Message = "Redis does not answer: {Reason}.")]
    private partial void LogSilent(string reason);
}
