using System.Net;
using System.Net.Sockets;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>Whether the system knows a way to an address. Nothing is sent.</summary>
internal static class Routes
{
    /// <remarks>A UDP socket that is connected asks the routing table, and does no more.</remarks>
    public static bool Has(IPAddress address)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(address, 9);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
