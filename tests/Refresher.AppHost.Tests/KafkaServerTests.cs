using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Testing;

namespace Refresher.AppHost.Tests;

/// <summary>The broker that <c>--kafka</c> starts, reached as the AppHost tells projects to reach it.</summary>
public sealed class KafkaServerTests : IAsyncLifetime
{
    private TestServers _servers = null!;

    public async Task InitializeAsync() => _servers = await TestServers.StartAsync(kafka: true);

    public Task DisposeAsync() => _servers.DisposeAsync().AsTask();

    [Fact]
    public async Task What_is_sent_is_read_and_survives_that_the_broker_is_killed()
    {
        using var clients = Clients("readers");
        var sent = await clients.Producer.ProduceAsync("kept", new() { Key = "a", Value = "first" }).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal(PersistenceStatus.Persisted, sent.Status);

        await _servers.KillAsync("kafka");
        await _servers.StartAgainAsync("kafka");

        Assert.Equal("first", ReadOne(clients.Consumer, "kept"));
        await clients.Producer.ProduceAsync("kept", new() { Key = "a", Value = "second" }).WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Equal("second", ReadOne(clients.Consumer, "kept"));
    }

    [Fact]
    public async Task A_topic_that_is_spoken_of_is_made_with_sixteen_partitions()
    {
        using var clients = Clients("others");
        await clients.Producer.ProduceAsync("new", new() { Key = "a", Value = "first" }).WaitAsync(TimeSpan.FromSeconds(60));

        using var admin = new DependentAdminClientBuilder(clients.Producer.Handle).Build();
        var topic = Assert.Single(admin.GetMetadata("new", TimeSpan.FromSeconds(30)).Topics);

        Assert.Equal(16, topic.Partitions.Count);
    }

    private static string ReadOne(IConsumer<string, string> consumer, string topic)
    {
        if (consumer.Subscription.Count == 0)
        {
            consumer.Subscribe(topic);
        }

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return consumer.Consume(patience.Token).Message.Value;
    }

    private KafkaClients Clients(string group)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(_servers.KafkaSettings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.AddKafkaProducer<string, string>("kafka");

        // A broker that has just begun may not know its topics for a moment.
        builder.AddKafkaConsumer<string, string>("kafka", settings => (settings.Config.GroupId, settings.Config.AutoOffsetReset, settings.Config.TopicMetadataRefreshIntervalMs) = (group, AutoOffsetReset.Earliest, 2_000));
        var host = builder.Build();
        return new(host, host.Services.GetRequiredService<IProducer<string, string>>(), host.Services.GetRequiredService<IConsumer<string, string>>());
    }

    private sealed record KafkaClients(IHost Host, IProducer<string, string> Producer, IConsumer<string, string> Consumer) : IDisposable
    {
        public void Dispose() => Host.Dispose();
    }
}
