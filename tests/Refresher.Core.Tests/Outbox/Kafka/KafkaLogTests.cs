using Refresher.Testing;
using Refresher.Testing.Kafka;

namespace Refresher.Core.Tests.Outbox.Kafka;

/// <summary>What every log has to keep, through a real broker.</summary>
public sealed class KafkaLogTests : EventLogConformance
{
    private TestServers _servers = null!;

    protected override (string Key, string Value)[] Settings => [.. _servers.KafkaSettings];

    protected override async Task<TestServers?> ServersAsync() => _servers = await TestServers.StartAsync(kafka: true);

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        await _servers.DisposeAsync();
    }
}

/// <summary>The same through the mock cluster, which has idempotent producers and cooperative groups.</summary>
public sealed class MockKafkaLogTests : EventLogConformance
{
    private MockKafka _kafka = null!;

    protected override (string Key, string Value)[] Settings =>
    [
        ("ConnectionStrings:kafka", _kafka.Servers),
        ("Aspire:Confluent:Kafka:Consumer:Config:PartitionAssignmentStrategy", "CooperativeSticky"),
        ("Aspire:Confluent:Kafka:Consumer:Config:SessionTimeoutMs", "6000"),
    ];

    public override Task InitializeAsync()
    {
        _kafka = MockKafka.With(Core.Outbox.Topics.All, partitions: 16);
        return base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _kafka.Dispose();
    }
}
