using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Text;

namespace Refresher.Core.Access;

/// <summary>Where connections begin: an address of this machine, or one of its network interfaces.</summary>
public sealed class LocalEnd
{
    private const int SocketLevel = 1;
    private const int BindToDevice = 25;

    private readonly string _text;
    private readonly IPAddress? _address;

    private LocalEnd(string text, IPAddress? address) => (_text, _address) = (text, address);

    /// <param name="text">An address, like <c>192.0.2.7</c>, or the name of an interface, like <c>eth1</c>.</param>
    /// <exception cref="LocalEndException">This machine has neither.</exception>
    public static LocalEnd Find(string text)
    {
        var interfaces = NetworkInterface.GetAllNetworkInterfaces();
        var address = IPAddress.TryParse(text, out var parsed) ? parsed : null;

        // All of 127.0.0.0/8 is this machine's, though only one address of it is listed.
        if (address is null ? interfaces.Any(one => one.Name == text) : IPAddress.IsLoopback(address) || interfaces.Any(one => Addresses(one).Contains(address)))
        {
            return new LocalEnd(text, address);
        }

        var there = interfaces.Select(one => $"{one.Name} ({string.Join(", ", Addresses(one).Select(Plain))})");
        throw new LocalEndException($"{Environment.MachineName} has no network interface or address '{text}'; it has {string.Join(", ", there)}.");
    }

    /// <summary>Makes a socket that is not connected yet begin here.</summary>
    /// <param name="host">For the message.</param>
    /// <param name="targets">What it may connect to.</param>
    /// <returns>Those of the targets that can be reached from here: an IPv4 address reaches no IPv6 one.</returns>
    /// <exception cref="LocalEndException">There are none, or the system refuses.</exception>
    internal IPAddress[] Bind(Socket socket, string host, IPAddress[] targets)
    {
        try
        {
            if (_address is null)
            {
                if (!OperatingSystem.IsLinux())
                {
                    throw new LocalEndException($"An interface by its name is understood on Linux only: give one of its addresses instead of '{_text}'.");
                }

                // linux/socket.h, SO_BINDTODEVICE: without it the route would choose another interface that has the address.
                socket.SetRawSocketOption(SocketLevel, BindToDevice, Encoding.ASCII.GetBytes(_text + '\0'));
                return targets;
            }

            var reached = Array.FindAll(targets, target => target.AddressFamily == _address.AddressFamily);
            if (reached.Length == 0)
            {
                throw new LocalEndException($"{host} has no address that can be reached from {_text}.");
            }

            socket.Bind(new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetworkV6 ? _address.MapToIPv6() : _address, 0));
            return reached;
        }
        catch (SocketException refused)
        {
            throw new LocalEndException($"Nothing can be sent from {_text}: {refused.Message}.");
        }
    }

    private static IEnumerable<IPAddress> Addresses(NetworkInterface one) => one.GetIPProperties().UnicastAddresses.Select(address => address.Address);

    private static string Plain(IPAddress address) => address.ToString().Split('%')[0];
}

/// <summary>Connections cannot begin where they were asked to; the message says why.</summary>
public sealed class LocalEndException(string message) : IOException(message);
