namespace Refresher.AppHost.Tests;

public sealed class KafkaModelTests
{
    [Fact]
    public async Task Kafka_is_there_only_when_asked_for()
    {
        await using var without = await ModelTests.DescribeAsync("--throwaway=true");
        await using var with = await ModelTests.DescribeAsync("--throwaway=true", "--kafka=true");

        Assert.DoesNotContain(without.Resources, r => r.Name == "kafka");
        Assert.Contains(with.Resources, r => r.Name == "kafka");
    }
}
