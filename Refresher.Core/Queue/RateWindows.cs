using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>One rate of a limit: at most <paramref name="Rate"/> starts in any window of <paramref name="Per"/>.</summary>
internal readonly record struct RateWindow(string Key, int Rate, TimeSpan Per);

/// <summary>
/// Counts starts in sliding windows, exactly: a sorted set a rate with the instants of its last starts. It lives in Redis; when Redis is
/// wiped the windows are empty, so that once as many again may begin.
/// </summary>
internal sealed class RateWindows(IConnectionMultiplexer redis, TimeProvider clock)
{
    // KEYS: the windows. ARGV: now in microseconds, how many are wanted, then rate and length in microseconds of each window.
    // Answers how many may begin now, and the instant at which the next one may.
    private const string Script = """
        local now, free, next = tonumber(ARGV[1]), tonumber(ARGV[2]), 0
        for i, key in ipairs(KEYS) do
            local rate, per = tonumber(ARGV[1 + 2 * i]), tonumber(ARGV[2 + 2 * i])
            redis.call('ZREMRANGEBYSCORE', key, '-inf', now - per)
            local used = redis.call('ZCARD', key)
            if rate - used < free then
                free = math.max(0, rate - used)
                local leaving = redis.call('ZRANGE', key, math.max(0, used - rate), math.max(0, used - rate), 'WITHSCORES')
                if leaving[2] then next = math.max(next, tonumber(leaving[2]) + per) end
            end
        end
        for i, key in ipairs(KEYS) do
            for n = 1, free do redis.call('ZADD', key, now, ARGV[1] .. '-' .. redis.call('INCR', key .. ':n')) end
            redis.call('PEXPIRE', key, math.ceil(tonumber(ARGV[2 + 2 * i]) / 1000) + 1000)
            redis.call('PEXPIRE', key .. ':n', math.ceil(tonumber(ARGV[2 + 2 * i]) / 1000) + 1000)
        end
        return { free, string.format('%.0f', next) }
        """;

    /// <summary>Takes permissions to begin, as many as every window has left.</summary>
    /// <param name="windows">At least one.</param>
    /// <param name="wanted">At most so many.</param>
    /// <returns>How many may begin, and when the next one may if that is less than wanted.</returns>
    /// <exception cref="RedisException">Redis does not answer: nothing was taken, or nobody knows.</exception>
    public async Task<(int Free, DateTimeOffset? Next)> TakeAsync(IReadOnlyList<RateWindow> windows, int wanted)
    {
        RedisKey[] keys = [.. windows.Select(window => RedisKeys.Rate(window.Key))];
        RedisValue[] values = [Microseconds(clock.GetUtcNow() - DateTimeOffset.UnixEpoch), wanted, .. windows.SelectMany(window => new RedisValue[] { window.Rate, Microseconds(window.Per) })];
        var answer = (RedisResult[]?)await redis.GetDatabase().ScriptEvaluateAsync(Script, keys, values) ?? [];
        var (free, next) = ((int)answer[0], long.Parse((string?)answer[1] ?? "0", System.Globalization.CultureInfo.InvariantCulture));
        return (free, free < wanted && next > 0 ? DateTimeOffset.UnixEpoch + TimeSpan.FromMicroseconds(next) : null);
    }

    private static long Microseconds(TimeSpan time) => time.Ticks / TimeSpan.TicksPerMicrosecond;
}
