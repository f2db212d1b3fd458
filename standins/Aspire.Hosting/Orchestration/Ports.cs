// Stand-in for Aspire.Hosting: which port each instance listens on.
using System.Net;
using System.Net.Sockets;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>Gives every endpoint of every replica its port before anything starts.</summary>
/// <param name="randomize">Takes a free port even where one was asked for, as tests do.</param>
internal sealed class Ports(bool randomize)
{
    // Below the range from which Linux takes ports for outgoing connections (32768 on), so that those cannot take one in between.
    private const int First = 20000;
    private const int Last = 32000;
    private readonly HashSet<int> _given = [];

    /// <exception cref="DistributedApplicationException">A port that was asked for is taken, or cannot be shared by replicas.</exception>
    public void Allocate(IEnumerable<IResource> resources)
    {
        var endpoints = resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint))).ToList();
        var taken = endpoints.SelectMany(e => Fixed(e.resource, e.endpoint)).ToList();
        if (taken.Count > 0)
        {
            throw new DistributedApplicationException(string.Join(Environment.NewLine, taken));
        }

        foreach (var (resource, endpoint) in endpoints)
        {
            var wanted = Wanted(endpoint);
            for (var replica = 0; replica < resource.GetReplicaCount(); replica++)
            {
                endpoint.Allocate(replica, wanted ?? Free(endpoint.ListenAddress));
            }
        }
    }

    private int? Wanted(EndpointAnnotation endpoint) => endpoint.TargetPort ?? (randomize ? null : endpoint.Port);

    private IEnumerable<string> Fixed(IResource resource, EndpointAnnotation endpoint)
    {
        if (Wanted(endpoint) is not { } port)
        {
            yield break;
        }

        _given.Add(port);
        if (resource.GetReplicaCount() > 1)
        {
            yield return $"Port {port} of {resource.Name} cannot be shared by its {resource.GetReplicaCount()} replicas.";
        }
        else if (!IsFree(endpoint.ListenAddress, port))
        {
            yield return $"Port {port}, wanted by {resource.Name}, is held by {ProcFs.HolderOf(port) ?? "someone unknown"}.";
        }
    }

    private int Free(string address)
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            var port = Random.Shared.Next(First, Last);
            if (!_given.Contains(port) && IsFree(address, port))
            {
                _given.Add(port);
                return port;
            }
        }

        throw new DistributedApplicationException($"No free port was found on {address} between {First} and {Last}.");
    }

    private static bool IsFree(string address, int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.TryParse(address, out var ip) ? ip : IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
