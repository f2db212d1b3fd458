using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;

namespace Refresher.Core.Access;

/// <summary>
/// Refuses calls to addresses that a task must not reach: those of cloud metadata services always, private networks where the
/// configuration says so. It looks at the address that is really connected to, so a redirect or a DNS answer that changes
/// between check and use does not get past it.
/// </summary>
public sealed class AddressGuard(IOptions<AddressGuardOptions> options)
{
    // Each hands out credentials or secrets of the machine to whoever asks: AWS, Azure, Google, Oracle and others use
    // link-local 169.254/16; the rest are the providers' own exceptions, from their documentation.
    private static readonly IPNetwork[] Metadata =
    [
        IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("168.63.129.16/32"), // Azure's wire server
        IPNetwork.Parse("100.100.100.200/32"), // Alibaba Cloud
        IPNetwork.Parse("192.0.0.192/32"), // Oracle Cloud, classic
        IPNetwork.Parse("fd00:ec2::/32"), // AWS: instance metadata, pod identity, time, DNS
        IPNetwork.Parse("fd20:ce::254/128"), // Google Cloud
    ];

    private static readonly IPNetwork[] NotPublic =
    [
        IPNetwork.Parse("0.0.0.0/8"),
        IPNetwork.Parse("10.0.0.0/8"),
        IPNetwork.Parse("100.64.0.0/10"),
        IPNetwork.Parse("127.0.0.0/8"),
        IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.0.0.0/24"),
        IPNetwork.Parse("192.168.0.0/16"),
        IPNetwork.Parse("198.18.0.0/15"),
        IPNetwork.Parse("224.0.0.0/3"),
        IPNetwork.Parse("::/127"),
        IPNetwork.Parse("fc00::/7"),
        IPNetwork.Parse("fe80::/10"),
        IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");
    private static readonly IPNetwork SixToFour = IPNetwork.Parse("2002::/16");

    private readonly bool _privateNetworks = options.Value.PrivateNetworks;
    private LocalEnd? _from;

    /// <summary>The same rules, for connections that begin at one end of this machine's.</summary>
    public AddressGuard From(LocalEnd end) => new(options) { _from = end };

    /// <summary>Why <paramref name="address"/> may not be called; null when it may.</summary>
    public string? Refusal(IPAddress address)
    {
        var real = Embedded(address);
        if (Metadata.Any(network => network.Contains(real)))
        {
            return "it belongs to a cloud's metadata service";
        }

        return _privateNetworks || !NotPublic.Any(network => network.Contains(real))
            ? null
            : $"private networks are refused by {AddressGuardOptions.Section}:{nameof(AddressGuardOptions.PrivateNetworks)}";
    }

    /// <summary>For <see cref="SocketsHttpHandler.ConnectCallback"/>: resolves, checks, and connects to what was checked.</summary>
    /// <exception cref="AddressRefusedException">No address of the host may be called.</exception>
    /// <exception cref="LocalEndException">The end that was asked for is not there, or does not reach the host.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancel) =>
        new NetworkStream(await ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, cancel), ownsSocket: true);

    /// <summary>A connected TCP socket, without Nagle's delay; the caller disposes it.</summary>
    /// <inheritdoc cref="ConnectAsync(SocketsHttpConnectionContext, CancellationToken)"/>
    public async Task<Socket> ConnectAsync(string host, int port, CancellationToken cancel)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancel);
        var allowed = Array.FindAll(addresses, address => Refusal(address) is null);
        if (allowed.Length == 0 && addresses.Length > 0)
        {
            throw new AddressRefusedException(host, addresses[0], Refusal(addresses[0])!);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (_from is not null)
            {
                allowed = _from.Bind(socket, host, allowed);
            }

            await socket.ConnectAsync(allowed, port, cancel);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>A socket for ICMP messages to and from one address; the caller disposes it.</summary>
    /// <returns>Null where the system lets this process send none.</returns>
    /// <exception cref="AddressRefusedException">The address may not be called.</exception>
    /// <exception cref="LocalEndException">The end that was asked for does not reach the address.</exception>
    public Socket? OpenIcmp(IPAddress address)
    {
        if (Refusal(address) is { } refusal)
        {
            throw new AddressRefusedException(address.ToString(), address, refusal);
        }

        var protocol = address.AddressFamily == AddressFamily.InterNetworkV6 ? ProtocolType.IcmpV6 : ProtocolType.Icmp;

        // icmp(7): whoever is in net.ipv4.ping_group_range may send echo requests, and who has CAP_NET_RAW anything.
        foreach (var type in (SocketType[])[SocketType.Dgram, SocketType.Raw])
        {
            Socket? socket = null;
            try
            {
                socket = new Socket(address.AddressFamily, type, protocol);
                _from?.Bind(socket, address.ToString(), [address]);
                socket.Connect(address, 0);
                return socket;
            }
            catch (SocketException)
            {
                socket?.Dispose();
            }
            catch
            {
                socket?.Dispose();
                throw;
            }
        }

        return null;
    }

    /// <summary>The IPv4 address that an IPv6 one stands for (mapped, NAT64 of RFC 6052, 6to4 of RFC 3056), or the address itself.</summary>
    private static IPAddress Embedded(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return address;
        }

        if (address.IsIPv4MappedToIPv6)
        {
            return address.MapToIPv4();
        }

        var bytes = address.GetAddressBytes();
        if (Nat64.Contains(address))
        {
            return new IPAddress(bytes.AsSpan(12, 4));
        }

        return SixToFour.Contains(address) ? new IPAddress(bytes.AsSpan(2, 4)) : address;
    }
}
