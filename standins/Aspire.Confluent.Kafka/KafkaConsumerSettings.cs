// Stand-in for Aspire.Confluent.Kafka
using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>How a process reads from Kafka; read from <c>Aspire:Confluent:Kafka:Consumer[:name]</c>.</summary>
public sealed class KafkaConsumerSettings
{
    /// <summary><c>host:port[,host:port…]</c></summary>
    public string? ConnectionString { get; set; }

    /// <summary>Every setting of the client, by its .NET name: <c>Config:SessionTimeoutMs</c>.</summary>
    public ConsumerConfig Config { get; } = new();

    /// <summary>Here it only keeps the client from gathering statistics each second.</summary>
    public bool DisableMetrics { get; set; }

    public bool DisableHealthChecks { get; set; }

    /// <summary>Has no effect here: this client has no traces.</summary>
    public bool DisableTracing { get; set; }

    internal void Consolidate()
    {
        Config.BootstrapServers = ConnectionString ?? Config.BootstrapServers;
        Config.StatisticsIntervalMs ??= DisableMetrics ? null : 1000;
    }

    internal void Validate()
    {
        if (Config.BootstrapServers is null)
        {
            throw new InvalidOperationException("No bootstrap servers configured.");
        }

        if (Config.GroupId is null)
        {
            throw new InvalidOperationException("No group id configured.");
        }
    }
}
