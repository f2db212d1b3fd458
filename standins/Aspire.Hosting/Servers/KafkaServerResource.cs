// Stand-in for Aspire.Hosting.Kafka: the broker.
using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A Kafka broker; its connection string is <c>host:port</c>.</summary>
public sealed class KafkaServerResource(string name) : ContainerResource(name), IResourceWithConnectionString
{
    public EndpointReference PrimaryEndpoint => new(this, "tcp");

    public ValueTask<string?> GetConnectionStringAsync(CancellationToken cancellationToken = default) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{PrimaryEndpoint.Host}:{PrimaryEndpoint.Port}"));
}
