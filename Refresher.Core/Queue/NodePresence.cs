using System.Text.Json;
using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>What a process says about itself every few seconds. Instants by the cluster's clock.</summary>
/// <param name="Name">See <c>NodeName</c>.</param>
/// <param name="Role"><c>worker</c>, <c>scheduler</c>, <c>api</c> or <c>web</c>.</param>
/// <param name="Version">Of the program.</param>
/// <param name="StartedAt">When the process began.</param>
/// <param name="SeenAt">When it said this.</param>
/// <param name="Memory">Bytes of its working set.</param>
/// <param name="Cpu">Share of one core it used since it last said something; 1 is a whole core.</param>
public sealed record NodeStatus(string Name, string Role, string Version, DateTimeOffset StartedAt, DateTimeOffset SeenAt, long Memory, double Cpu)
{
    /// <summary>The machine it runs on, by its own name.</summary>
    public string Host { get; init; } = "";

    /// <summary>Runs it may execute at once; null for processes that execute none.</summary>
    public int? Concurrency { get; init; }

    /// <summary>Runs it is executing.</summary>
    public int Busy { get; init; }

    /// <summary>The name by which it is given orders; null for processes that execute no runs.</summary>
    public string? Worker { get; init; }

    /// <summary>How long a lease of its runs lasts unless it is renewed.</summary>
    public TimeSpan? Lease { get; init; }

    /// <summary>Runs it ended lately, by queue.</summary>
    public IReadOnlyDictionary<string, Throughput> Ended { get; init; } = new Dictionary<string, Throughput>();

    /// <summary>Queues it takes from.</summary>
    public IReadOnlyList<string> Queues { get; init; } = [];

    /// <summary>Runs it has ended since it started.</summary>
    public long Done { get; init; }

    /// <summary>Runs that failed under it since it started.</summary>
    public long Failed { get; init; }

    /// <summary><c>running</c>, <c>draining</c> or <c>stopping</c>.</summary>
    public string State { get; init; } = "running";

    /// <summary>Address of its metrics; null when it has none.</summary>
    public string? Metrics { get; init; }
}

/// <summary>Runs that ended within the last minute and the last hour.</summary>
public sealed record Throughput(long Minute, long Hour)
{
    /// <summary>The sum of some.</summary>
    public static Throughput Of(IEnumerable<Throughput> parts) => parts.Aggregate(new Throughput(0, 0), (sum, part) => new(sum.Minute + part.Minute, sum.Hour + part.Hour));
}

/// <summary>Who is there, kept in Redis: it forgets a process that has been silent for <see cref="Silence"/>.</summary>
public sealed class NodePresence(IConnectionMultiplexer redis, TimeProvider clock)
{
    /// <summary>After this long without a word a process is gone.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>How long a goodbye is remembered: by then whoever watches has noticed.</summary>
    private static readonly TimeSpan Remembered = TimeSpan.FromMinutes(10);

    private IDatabase Database => redis.GetDatabase();

    private double Oldest => (clock.GetUtcNow() - Silence).ToUnixTimeMilliseconds();

    /// <summary>Every process that lives, by name. Empty when Redis was just wiped: they come back within seconds.</summary>
    /// <exception cref="RedisException">Redis does not answer.</exception>
    public async Task<IReadOnlyList<NodeStatus>> ListAsync()
    {
        // Who is silent is taken off by the others, who tell it: not by whoever happens to look.
        var names = await Database.SortedSetRangeByScoreAsync(RedisKeys.Nodes, Oldest);
        var said = await Database.StringGetAsync([.. names.Select(name => RedisKeys.Node((string?)name ?? ""))]);
        return [.. said.Where(value => value.HasValue)
            .Select(value => JsonSerializer.Deserialize<NodeStatus>((string?)value ?? "null", JsonSerializerOptions.Web))
            .OfType<NodeStatus>().OrderBy(node => node.Name, StringComparer.Ordinal)];
    }

    /// <summary>Which of these said goodbye.</summary>
    internal async Task<IReadOnlyList<string>> LeftAsync(IReadOnlyList<string> names)
    {
        var said = names.Count == 0 ? [] : await Database.StringGetAsync([.. names.Select(name => RedisKeys.Goodbye(name))]);
        return [.. names.Where((_, index) => said[index].HasValue)];
    }

    /// <summary>True when this says nothing that pages but those of <see cref="LiveSignal.Pulse"/> show anew.</summary>
    internal static bool IsSame(NodeStatus one, NodeStatus other) =>
        (one.State, one.Busy, one.Concurrency, one.Done, one.Failed) == (other.State, other.Busy, other.Concurrency, other.Done, other.Failed) && one.Queues.SequenceEqual(other.Queues);

    /// <returns>True when somebody else was found to be gone.</returns>
    internal async Task<bool> SayAsync(NodeStatus status)
    {
        var gone = Database.SortedSetRemoveRangeByScoreAsync(RedisKeys.Nodes, double.NegativeInfinity, Oldest);
        await Task.WhenAll(
            gone,
            Database.StringSetAsync(RedisKeys.Node(status.Name), JsonSerializer.Serialize(status, JsonSerializerOptions.Web), Silence),
            Database.SortedSetAddAsync(RedisKeys.Nodes, status.Name, status.SeenAt.ToUnixTimeMilliseconds()));
        return await gone > 0;
    }

    internal async Task LeaveAsync(string name)
    {
        await Task.WhenAll(
            Database.KeyDeleteAsync(RedisKeys.Node(name)),
            Database.StringSetAsync(RedisKeys.Goodbye(name), "1", Remembered),
            Database.SortedSetRemoveAsync(RedisKeys.Nodes, name));
    }
}
