using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Refresher.Testing;

/// <summary>Ports of loopback that nobody listens on, each given once.</summary>
public static class FreePort
{
    // Below the range from which Linux takes ports for outgoing connections (32768 on): one of those, made while a service starts, would keep it from listening.
    // The servers that the AppHost starts have theirs from 20000 on.
    private const int First = 10_000;
    private const int Last = 20_000;
    private static readonly ConcurrentDictionary<int, byte> s_given = [];

    /// <exception cref="InvalidOperationException">No free one was found.</exception>
    public static int Next()
    {
        for (var tries = 0; tries < 1000; tries++)
        {
            // Other test processes draw too, so not from the first on.
            var port = Random.Shared.Next(First, Last);
            if (s_given.TryAdd(port, 0) && IsFree(port))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No free port was found between {First} and {Last}.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
