using System.Globalization;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>What Redis says about itself.</summary>
/// <param name="Memory">Bytes in use.</param>
/// <param name="PeakMemory">Bytes at most since it started.</param>
/// <param name="MostMemory">Bytes it may use; null: as many as there are.</param>
/// <param name="Evicted">Keys it threw away for want of memory.</param>
public sealed record RedisFacts(string Version, TimeSpan Up, long Memory, long PeakMemory, long? MostMemory, long Clients, long Keys, long Evicted);

/// <summary>Asks Redis how it is.</summary>
public sealed class RedisInfo(IConnectionMultiplexer redis)
{
    /// <exception cref="RedisException">Redis does not answer.</exception>
    public async Task<RedisFacts> ReadAsync()
    {
        var database = redis.GetDatabase();
        var (info, keys) = ((string?)await database.ExecuteAsync("INFO") ?? "", (long)await database.ExecuteAsync("DBSIZE"));
        return Parse(info, keys);
    }

    /// <summary>Reads the lines <c>name:value</c> of <c>INFO</c>; what is not there counts as 0.</summary>
    internal static RedisFacts Parse(string info, long keys)
    {
        var values = info.Split('\n').Select(line => line.Trim().Split(':', 2)).Where(parts => parts.Length == 2).DistinctBy(parts => parts[0]).ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);
        return new(
            values.GetValueOrDefault("redis_version", "?"), TimeSpan.FromSeconds(Number("uptime_in_seconds")), Number("used_memory"), Number("used_memory_peak"),
            Number("maxmemory") is > 0 and var most ? most : null, Number("connected_clients"), keys, Number("evicted_keys"));

        long Number(string name) => long.TryParse(values.GetValueOrDefault(name), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }
}
