// Stand-in for Aspire.Hosting.Kafka: adds the broker.
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Adds Kafka.</summary>
public static class KafkaBuilderExtensions
{
    public static IResourceBuilder<KafkaServerResource> AddKafka(this IDistributedApplicationBuilder builder, string name, int? port = null) =>
        builder.AddResource(new KafkaServerResource(name))
            .WithEndpoint(port: port, name: "tcp")
            .WithEndpoint("tcp", endpoint => endpoint.TargetHost = "127.0.0.1")
            .WithAnnotation(new LauncherAnnotation((_, _) => throw new DistributedApplicationException(
                "The core set of packages has no Kafka broker. Without --kafka the same consumers read the outbox directly; with containers, use --set full.")));
}
