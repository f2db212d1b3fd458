using Aspire.Hosting.Testing;
using Refresher.Testing.Kafka;

namespace Refresher.Testing;

public sealed partial class TestServers
{
    static partial void ReadKafka(IDistributedApplicationTestingBuilder builder, ref Task<IReadOnlyList<(string Key, string Value)>>? settings, CancellationToken cancel) =>
        settings = KafkaReader.SettingsAsync(builder, cancel);
}
