using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Kafka in a process, where there is one.</summary>
internal static class KafkaServices
{
    public const string ConnectionName = "kafka";

    /// <summary>Whether events go through Kafka: <c>ConnectionStrings:kafka</c> is there.</summary>
    public static bool HasKafka(this IHostApplicationBuilder builder) => !string.IsNullOrEmpty(builder.Configuration.GetConnectionString(ConnectionName));

    /// <summary>
    /// Brings the clients and their health.
    /// <code>
    /// ConnectionStrings: { kafka: "host:port,…" }
    /// Aspire:Confluent:Kafka: { Producer: { Config: { SecurityProtocol: "SaslSsl", SaslUsername: "…", SslCaPem: "…" } }, Consumer: { Config: { … } } }
    /// </code>
    /// Everything that librdkafka can be told goes there by its .NET name; what the delivery of events rests on is decided here.
    /// </summary>
    public static IHostApplicationBuilder AddKafkaClients(this IHostApplicationBuilder builder)
    {
        ProducerConfig producer = new();
        ConsumerConfig consumer = new();

        // Asked for by the names people know from Aspire; groups and fatal errors need more clients than the one each registers.
        builder.AddKafkaProducer<string, byte[]>(ConnectionName, settings =>
        {
            (settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) = (true, true, true);
            producer = Complete(settings.Config);
        });
        builder.AddKafkaConsumer<string, byte[]>(ConnectionName, settings =>
        {
            (settings.DisableHealthChecks, settings.DisableMetrics, settings.DisableTracing) = (true, true, true);
            consumer = Complete(settings.Config);
        });
        builder.Services.AddSingleton(services =>
        {
            var name = services.GetRequiredService<NodeName>().ToString();
            producer.ClientId ??= name;
            consumer.ClientId ??= name;
            return new KafkaClients(producer, consumer, services.GetRequiredService<ILogger<KafkaClients>>());
        });
        builder.Services.AddSingleton<KafkaTopics>();
        builder.Services.AddHealthChecks().AddCheck<KafkaHealth>("kafka", tags: ["optional"]);
        return builder;
    }

    /// <summary>Has a worker publish and read Kafka, as far as its roles say so.</summary>
    public static IHostApplicationBuilder AddKafkaWorker(this IHostApplicationBuilder builder)
    {
        builder.AddKafkaClients();
        if (builder.RunsRole(WorkerRoles.Relay))
        {
            builder.Services.AddHostedService<KafkaRelay>();
        }

        if (builder.RunsRole(WorkerRoles.Consumers))
        {
            builder.Services.AddSingleton<KafkaGroups>().AddSingleton<KafkaEffects>().AddHostedService<KafkaConsumers>();
        }

        return builder;
    }

    internal static ProducerConfig Complete(ProducerConfig config)
    {
        config.Acks = Acks.All;
        config.EnableIdempotence ??= true;
        if (config.EnableIdempotence == false)
        {
            // Otherwise a message that is sent again arrives behind its successor.
            config.MaxInFlight = 1;
        }

        // A message is never given up: the outbox waits with it, and order is kept.
        config.MessageTimeoutMs = 0;
        config.LingerMs ??= 5;
        config.Partitioner ??= Partitioner.Murmur2Random;
        config.DeliveryReportFields = "status";
        config.ReconnectBackoffMaxMs ??= 2000;
        config.SocketKeepaliveEnable ??= true;
        return config;
    }

    internal static ConsumerConfig Complete(ConsumerConfig config)
    {
        // What is stored after an effect is committed in the background, and before a partition is given away.
        (config.EnableAutoCommit, config.EnableAutoOffsetStore) = (true, false);
        config.AutoCommitIntervalMs ??= 500;
        config.AutoOffsetReset = AutoOffsetReset.Earliest;
        config.SessionTimeoutMs ??= 15_000;

        // A broker that has just begun may not know a topic yet; the client asks again after this, five minutes unless told otherwise.
        config.TopicMetadataRefreshIntervalMs ??= 10_000;

        // Per consumer, and a worker has several.
        config.QueuedMinMessages ??= 10_000;
        config.QueuedMaxMessagesKbytes ??= 16_384;
        config.ReconnectBackoffMaxMs ??= 2000;
        config.SocketKeepaliveEnable ??= true;
        return config;
    }
}
