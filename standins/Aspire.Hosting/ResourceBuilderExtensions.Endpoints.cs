// Stand-in for Aspire.Hosting: end points of a resource and their health.
using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

public static partial class ResourceBuilderExtensions
{
    private static readonly HttpClient s_probe = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Adds an http end point. Its port is passed in <paramref name="env"/> when given, else in <c>ASPNETCORE_URLS</c>.</summary>
    /// <exception cref="DistributedApplicationException">There is one of that name.</exception>
    public static IResourceBuilder<T> WithHttpEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? name = null, string? env = null)
        where T : IResourceWithEndpoints => builder.WithEndpoint(port, targetPort, "http", name, env);

    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, int? port = null, int? targetPort = null, string? scheme = null, string? name = null, string? env = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = new EndpointAnnotation(scheme ?? "tcp", name ?? scheme ?? "tcp", port, targetPort) { TargetPortEnvironmentVariable = env };
        return builder.Resource.GetEndpoint(endpoint.Name).Exists
            ? throw new DistributedApplicationException($"Endpoint '{endpoint.Name}' already exists on the resource '{builder.Resource.Name}'.")
            : builder.WithAnnotation(endpoint);
    }

    /// <summary>Changes an end point.</summary>
    public static IResourceBuilder<T> WithEndpoint<T>(
        this IResourceBuilder<T> builder, string endpointName, Action<EndpointAnnotation> callback, bool createIfNotExists = true)
        where T : IResourceWithEndpoints
    {
        var reference = builder.Resource.GetEndpoint(endpointName);
        if (reference.Exists)
        {
            callback(reference.EndpointAnnotation);
        }
        else if (createIfNotExists)
        {
            var endpoint = new EndpointAnnotation("tcp", endpointName);
            callback(endpoint);
            builder.WithAnnotation(endpoint);
        }

        return builder;
    }

    public static IResourceBuilder<T> WithExternalHttpEndpoints<T>(this IResourceBuilder<T> builder)
        where T : IResourceWithEndpoints
    {
        foreach (var endpoint in builder.Resource.Annotations.OfType<EndpointAnnotation>().Where(e => e.UriScheme is "http" or "https"))
        {
            endpoint.IsExternal = true;
        }

        return builder;
    }

    public static EndpointReference GetEndpoint<T>(this IResourceBuilder<T> builder, string name)
        where T : IResourceWithEndpoints => builder.Resource.GetEndpoint(name);

    /// <summary>The resource is healthy when the path answers with the status.</summary>
    public static IResourceBuilder<T> WithHttpHealthCheck<T>(
        this IResourceBuilder<T> builder, string? path = null, int? statusCode = null, string? endpointName = null)
        where T : IResourceWithEndpoints
    {
        var endpoint = builder.Resource.GetEndpoint(endpointName ?? "http");
        if (!endpoint.Exists)
        {
            throw new DistributedApplicationException($"Could not create HTTP health check for resource '{builder.Resource.Name}' as the endpoint '{endpoint.EndpointName}' does not exist.");
        }

        return builder.WithAnnotation(new HealthProbeAnnotation((replica, cancel) => ProbeAsync(endpoint.UrlOf(replica) + (path ?? "/"), statusCode ?? 200, cancel)));
    }

    private static async Task ProbeAsync(string url, int wanted, CancellationToken cancel)
    {
        using var response = await s_probe.GetAsync(url, cancel);
        if ((int)response.StatusCode != wanted)
        {
            var body = await response.Content.ReadAsStringAsync(cancel);
            throw new HttpRequestException(string.Create(CultureInfo.InvariantCulture, $"{url} answers {(int)response.StatusCode}: {body[..Math.Min(body.Length, 500)]}"));
        }
    }
}
