using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace Refresher.Core.Http;

/// <summary>Where a request comes from, for counting: an IPv6 customer has a whole /64, whose addresses count as one.</summary>
public static class ClientAddress
{
    private const int Ipv6SiteBytes = 8;

    public static IPAddress Network(IPAddress? address)
    {
        if (address is not { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false })
        {
            return address?.MapToIPv4() ?? IPAddress.None;
        }

        var bytes = address.GetAddressBytes();
        bytes.AsSpan(Ipv6SiteBytes).Clear();
        return new IPAddress(bytes);
    }

    /// <summary>As people read it; null where there is none, as in a test.</summary>
    public static string? Of(HttpContext http) => http.Connection.RemoteIpAddress is { } address ? (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString() : null;
}
