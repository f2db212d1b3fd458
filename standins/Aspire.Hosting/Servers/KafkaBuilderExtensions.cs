// Stand-in for Aspire.Hosting.Kafka: adds the broker, a local process, and the ZooKeeper it keeps its state in.
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Adds Kafka.</summary>
public static class KafkaBuilderExtensions
{
    /// <summary>What clients of the broker that can be had without containers (0.9) must be told; of a current one they learn it themselves.</summary>
    private static readonly (string Client, string Setting, string Value)[] s_old =
    [
        ("Producer", "ApiVersionRequest", "false"),
        ("Producer", "BrokerVersionFallback", KafkaProgram.Version),
        ("Producer", "EnableIdempotence", "false"),
        ("Consumer", "ApiVersionRequest", "false"),
        ("Consumer", "BrokerVersionFallback", KafkaProgram.Version),
        ("Consumer", "SessionTimeoutMs", "10000"),
    ];

    /// <summary>Adds a broker that makes topics of 16 partitions when they are first spoken of.</summary>
    public static IResourceBuilder<KafkaServerResource> AddKafka(this IDistributedApplicationBuilder builder, string name, int? port = null)
    {
        var program = new KafkaProgram(builder.AppHostDirectory);
        var kafka = new KafkaServerResource(name);
        var zooKeeper = kafka.ZooKeeper;
        var keeper = builder.AddResource(zooKeeper)
            .WithEndpoint(name: "tcp")
            .WithEndpoint("tcp", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithAnnotation(new LauncherAnnotation((context, _) => Task.FromResult(new ZooKeeperProcess(zooKeeper, program).Prepare(context))))
            .WithAnnotation(new HealthProbeAnnotation((_, cancel) => zooKeeper.BeReadyAsync(cancel)));

        return builder.AddResource(kafka)
            .WithEndpoint(port: port, name: "tcp")
            .WithEndpoint("tcp", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithAnnotation(new LauncherAnnotation(new KafkaProcess(kafka, program).PrepareAsync))
            .WithAnnotation(new HealthProbeAnnotation((_, cancel) => KafkaMetadata.AskAsync(kafka.PrimaryEndpoint.Host, kafka.PrimaryEndpoint.Port, cancel)))
            .WithAnnotation(new ReferenceAnnotation(environment =>
            {
                foreach (var (client, setting, value) in s_old)
                {
                    environment.TryAdd($"Aspire__Confluent__Kafka__{client}__Config__{setting}", value);
                }
            }))
            .WaitFor(keeper);
    }

    /// <summary>Keeps the data for the next start, ZooKeeper's too.</summary>
    public static IResourceBuilder<KafkaServerResource> WithDataVolume(this IResourceBuilder<KafkaServerResource> builder, string? name = null)
    {
        var keeper = builder.Resource.ZooKeeper;
        foreach (var earlier in keeper.Annotations.OfType<DataVolumeAnnotation>().ToList())
        {
            keeper.Annotations.Remove(earlier);
        }

        keeper.Annotations.Add(new DataVolumeAnnotation(name is null ? null : name + "-zookeeper"));
        return builder.WithAnnotation(new DataVolumeAnnotation(name), ResourceAnnotationMutationBehavior.Replace);
    }
}
