// Stand-in for Aspire.Hosting: an endpoint as others speak of it.
using System.Globalization;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>One endpoint of a resource, by name; its value is its URL. Of several replicas it is the first's.</summary>
public sealed class EndpointReference(IResourceWithEndpoints owner, string endpointName) : IValueProvider
{
    public IResourceWithEndpoints Resource => owner;

    public string EndpointName => endpointName;

    public bool Exists => Find() is not null;

    public bool IsAllocated => Find()?.IsAllocated ?? false;

    public EndpointAnnotation EndpointAnnotation =>
        Find() ?? throw new InvalidOperationException($"The endpoint '{endpointName}' does not exist on the resource '{owner.Name}'.");

    public int Port => EndpointAnnotation.PortOf(0);

    public string Host => EndpointAnnotation.ReachableHost;

    public string Scheme => EndpointAnnotation.UriScheme;

    public string Url => UrlOf(0);

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(Url);

    public EndpointReferenceExpression Property(EndpointProperty property) => new(this, property);

    internal string UrlOf(int replica) => string.Create(CultureInfo.InvariantCulture, $"{Scheme}://{Host}:{EndpointAnnotation.PortOf(replica)}");

    private EndpointAnnotation? Find() => owner.Annotations.OfType<EndpointAnnotation>()
        .FirstOrDefault(endpoint => string.Equals(endpoint.Name, endpointName, StringComparison.OrdinalIgnoreCase));
}

/// <summary>The part of an endpoint that is wanted.</summary>
public enum EndpointProperty
{
    Url,
    Host,
    IPV4Host,
    Port,
    Scheme,
    TargetPort,
    HostAndPort,
}

/// <summary>One part of an endpoint, known once it is allocated.</summary>
public sealed class EndpointReferenceExpression(EndpointReference endpoint, EndpointProperty property) : IValueProvider
{
    public EndpointReference Endpoint => endpoint;

    public EndpointProperty Property => property;

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(property switch
    {
        EndpointProperty.Url => endpoint.Url,
        EndpointProperty.Host => endpoint.Host,
        EndpointProperty.IPV4Host => endpoint.EndpointAnnotation.ListenAddress,
        EndpointProperty.Scheme => endpoint.Scheme,
        EndpointProperty.HostAndPort => string.Create(CultureInfo.InvariantCulture, $"{endpoint.Host}:{endpoint.Port}"),
        _ => endpoint.Port.ToString(CultureInfo.InvariantCulture),
    });
}
