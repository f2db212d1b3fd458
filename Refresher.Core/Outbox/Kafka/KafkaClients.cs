using System.Text;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Outbox.Kafka;

/// <summary>Makes the clients of the broker, all from the one configuration. Each belongs to who asked for it, who makes a new one when it has failed for good.</summary>
internal sealed partial class KafkaClients(ProducerConfig producer, ConsumerConfig consumer, ILogger<KafkaClients> log)
{
    /// <summary>Whether the broker is one that tells nothing of itself (before 0.10): no time stamps, no topics by request.</summary>
    public bool IsOldBroker => consumer.ApiVersionRequest == false;

    /// <summary>A producer that gives nothing up by itself: what it was handed is sent, in order, or refused by the broker for good.</summary>
    public IProducer<string, byte[]> Producer() => new ProducerBuilder<string, byte[]>(new ProducerConfig(Copy(producer)))
        .SetLogHandler((_, message) => Log(message))
        .SetErrorHandler((_, error) => Log(error))
        .Build();

    /// <param name="group">All processes with the same group share the partitions.</param>
    /// <param name="configure">What happens when partitions come and go.</param>
    public IConsumer<string, byte[]> Consumer(string group, Action<ConsumerBuilder<string, byte[]>> configure)
    {
        var builder = new ConsumerBuilder<string, byte[]>(new ConsumerConfig(Copy(consumer)) { GroupId = group })
            .SetKeyDeserializer(LenientKey.Instance)
            .SetLogHandler((_, message) => Log(message))
            .SetErrorHandler((_, error) => Log(error));
        configure(builder);
        return builder.Build();
    }

    /// <summary>For topics and metadata.</summary>
    public IAdminClient Admin() => new AdminClientBuilder(new AdminClientConfig(Copy(Plain())))
        .SetLogHandler((_, message) => Log(message))
        .SetErrorHandler((_, error) => Log(error))
        .Build();

    private static Dictionary<string, string> Copy(IEnumerable<KeyValuePair<string, string>> config) => config.ToDictionary(setting => setting.Key, setting => setting.Value);

    /// <summary>The producer's way to the broker without what only producers have.</summary>
    private IEnumerable<KeyValuePair<string, string>> Plain() => producer.Where(setting => setting.Key is
        "bootstrap.servers" or "client.id" or "api.version.request" or "broker.version.fallback" or "security.protocol" or "socket.timeout.ms" or "debug"
        || setting.Key.StartsWith("ssl.", StringComparison.Ordinal) || setting.Key.StartsWith("sasl.", StringComparison.Ordinal)
        || setting.Key.StartsWith("test.mock.", StringComparison.Ordinal) || setting.Key.StartsWith("enable.ssl.", StringComparison.Ordinal));

    // Each broker that does not answer is told once by its error; what the client says beside that is for who looks closely.
    private void Log(LogMessage message) => LogClient(message.Level <= SyslogLevel.Critical ? LogLevel.Error : LogLevel.Debug, message.Facility, message.Message);

    private void Log(Error error) => LogError(error.IsFatal ? LogLevel.Error : error.Code == ErrorCode.Local_AllBrokersDown ? LogLevel.Warning : LogLevel.Debug, error.Code, error.Reason);

    [LoggerMessage(Message = "Kafka: {Facility}: {Text}")]
    private partial void LogClient(LogLevel level, string facility, string text);

    [LoggerMessage(Message = "Kafka: {Code}: {Reason}")]
    private partial void LogError(LogLevel level, ErrorCode code, string reason);

    /// <summary>Keys that others wrote need not be UTF-8; ours stand in the envelope too, so nothing is lost.</summary>
    private sealed class LenientKey : IDeserializer<string>
    {
        public static readonly LenientKey Instance = new();

        public string Deserialize(ReadOnlySpan<byte> data, bool isNull, SerializationContext context) => isNull ? "" : Encoding.UTF8.GetString(data);
    }
}
