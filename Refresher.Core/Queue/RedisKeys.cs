using StackExchange.Redis;

namespace Refresher.Core.Queue;

/// <summary>Every key and channel in Redis. All carry one hash tag, so that a cluster keeps them together.</summary>
internal static class RedisKeys
{
    /// <summary>Tells a wipe: gone means that everything else is gone too.</summary>
    public static readonly RedisKey Epoch = "{refresher}:epoch";

    /// <summary>Sorted set of live processes by the time of their last word.</summary>
    public static readonly RedisKey Nodes = "{refresher}:nodes";

    /// <summary>A hint that something was queued.</summary>
    public static readonly RedisChannel Wake = new("{refresher}:wake", RedisChannel.PatternMode.Literal);

    /// <summary>What changed, by topic.</summary>
    public static readonly RedisChannel Live = new("{refresher}:live", RedisChannel.PatternMode.Literal);

    /// <summary>Orders to whoever executes a run.</summary>
    public static readonly RedisChannel Control = new("{refresher}:control", RedisChannel.PatternMode.Literal);

    /// <summary>The stream of a queue's runs of one priority.</summary>
    public static RedisKey Stream(string queue, int priority) => $"{{refresher}}:runs:{queue}:{priority}";

    /// <summary>The last starts under a rate.</summary>
    public static RedisKey Rate(string limit) => $"{{refresher}}:rate:{limit}";

    /// <summary>A process said that it stops.</summary>
    public static RedisKey Goodbye(string name) => $"{{refresher}}:goodbye:{name}";

    /// <summary>What a process last said about itself.</summary>
    public static RedisKey Node(string name) => $"{{refresher}}:node:{name}";
}
