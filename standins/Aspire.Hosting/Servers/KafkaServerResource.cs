// Stand-in for Aspire.Hosting.Kafka: the broker.
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Kafka broker; its connection string is <c>host:port</c>.</summary>
public sealed class KafkaServerResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    public EndpointReference PrimaryEndpoint => new(this, "tcp");

    internal ZooKeeperResource ZooKeeper { get; } = new(name + "-zookeeper");

    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{PrimaryEndpoint.Host}:{PrimaryEndpoint.Port}"));
}

/// <summary>Where an old broker keeps which topics and brokers there are.</summary>
internal sealed class ZooKeeperResource(string name) : ContainerResource(name)
{
    public EndpointReference Endpoint => new(this, "tcp");

    /// <exception cref="InvalidOperationException">It does not say that it is well.</exception>
    public async Task BeReadyAsync(CancellationToken cancel)
    {
        if (await AskAsync("ruok", cancel) is not "imok" and var answer)
        {
            throw new InvalidOperationException($"ZooKeeper answers {(answer.Length > 0 ? answer : "nothing")}");
        }
    }

    /// <summary>Waits until the session of a broker that was killed has ended: until then its successor would be refused as its double.</summary>
    public async Task ForgetBrokerAsync(CancellationToken cancel)
    {
        while ((await AskAsync("dump", cancel)).Contains("/brokers/ids/", StringComparison.Ordinal))
        {
            await Task.Delay(100, cancel);
        }
    }

    private async Task<string> AskAsync(string word, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(5));
        using var client = new TcpClient();
        await client.ConnectAsync(Endpoint.Host, Endpoint.Port, patience.Token);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(word), patience.Token);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(patience.Token);
    }
}
