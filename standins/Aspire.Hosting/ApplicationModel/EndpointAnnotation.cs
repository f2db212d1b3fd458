// Stand-in for Aspire.Hosting: where a resource listens.
namespace Aspire.Hosting.ApplicationModel;

/// <summary>One address on which a resource listens.</summary>
/// <remarks>There is no proxy in front of it: the port others use and the port listened on are the same.</remarks>
public sealed class EndpointAnnotation(string uriScheme, string name, int? port = null, int? targetPort = null) : IResourceAnnotation
{
    private readonly Dictionary<int, int> _allocated = [];

    public string Name { get; } = name;

    public string UriScheme { get; set; } = uriScheme;

    /// <summary>The port asked for; any free one when null.</summary>
    public int? Port { get; set; } = port;

    /// <summary>The port the process listens on, where it cannot be told.</summary>
    public int? TargetPort { get; set; } = targetPort;

    /// <summary>The address listened on: <c>localhost</c> (127.0.0.1), an address, or <c>0.0.0.0</c>.</summary>
    public string TargetHost { get; set; } = "localhost";

    public bool IsExternal { get; set; }

    /// <summary>Leaves the endpoint out of what <c>WithReference(resource)</c> passes on.</summary>
    public bool ExcludeReferenceEndpoint { get; set; }

    /// <summary>The environment variable that carries the port; such an endpoint is not in <c>ASPNETCORE_URLS</c>.</summary>
    internal string? TargetPortEnvironmentVariable { get; set; }

    internal string ListenAddress => TargetHost == "localhost" ? "127.0.0.1" : TargetHost;

    /// <summary>What others say to reach it.</summary>
    internal string ReachableHost => TargetHost is "0.0.0.0" or "*" or "+" or "[::]" ? "localhost" : TargetHost;

    internal bool IsAllocated => _allocated.Count > 0;

    internal int PortOf(int replica) => _allocated.TryGetValue(replica, out var port)
        ? port
        : throw new InvalidOperationException($"The endpoint '{Name}' is not allocated: the application has not started.");

    internal void Allocate(int replica, int port) => _allocated[replica] = port;
}
