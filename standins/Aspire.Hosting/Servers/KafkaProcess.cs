// Stand-in for Aspire.Hosting.Kafka: the broker and its ZooKeeper as local processes.
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>One broker on the loopback. Topics get 16 partitions; what is older than a day, or too much, is dropped.</summary>
internal sealed class KafkaProcess(KafkaServerResource kafka, KafkaProgram program)
{
    public async Task<Launch> PrepareAsync(LaunchContext context, CancellationToken cancel)
    {
        await kafka.ZooKeeper.ForgetBrokerAsync(cancel);
        var kept = kafka.TryGetLastAnnotation<DataVolumeAnnotation>(out var volume);
        var data = context.State.DataOf(kafka.Name, kept, volume?.Name);
        return program.Start("kafka.Kafka", data, megabytes: 384, kept, new Dictionary<string, string>
        {
            ["broker.id"] = "0",
            ["listeners"] = string.Create(CultureInfo.InvariantCulture, $"PLAINTEXT://127.0.0.1:{kafka.PrimaryEndpoint.Port}"),
            ["zookeeper.connect"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{kafka.ZooKeeper.Endpoint.Port}"),
            ["zookeeper.session.timeout.ms"] = "6000",
            ["log.dirs"] = Path.Combine(data, "topics"),
            ["num.partitions"] = "16",
            ["auto.create.topics.enable"] = "true",
            ["offsets.topic.num.partitions"] = "4",
            ["offsets.topic.replication.factor"] = "1",
            ["log.retention.hours"] = "24",
            ["log.retention.bytes"] = "67108864",
            ["log.segment.bytes"] = "16777216",
            ["log.index.size.max.bytes"] = "1048576",
            ["num.io.threads"] = "4",
        });
    }
}

/// <summary>One ZooKeeper on the loopback.</summary>
internal sealed class ZooKeeperProcess(ZooKeeperResource zooKeeper, KafkaProgram program)
{
    public Launch Prepare(LaunchContext context)
    {
        var kept = zooKeeper.TryGetLastAnnotation<DataVolumeAnnotation>(out var volume);
        var data = context.State.DataOf(zooKeeper.Name, kept, volume?.Name);
        return program.Start("org.apache.zookeeper.server.quorum.QuorumPeerMain", data, megabytes: 96, kept, new Dictionary<string, string>
        {
            ["dataDir"] = Path.Combine(data, "state"),
            ["clientPort"] = zooKeeper.Endpoint.Port.ToString(CultureInfo.InvariantCulture),
            ["clientPortAddress"] = "127.0.0.1",
            ["tickTime"] = "1000",
            ["autopurge.snapRetainCount"] = "3",
            ["autopurge.purgeInterval"] = "1",
        });
    }
}
