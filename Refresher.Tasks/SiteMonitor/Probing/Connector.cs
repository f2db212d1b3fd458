using System.Net;
using System.Net.Sockets;
using Refresher.Core.Access;
using Refresher.Tasks.SiteMonitor.Probing.Names;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>
/// Opens a TCP connection for one look: resolves the name, leaves out the addresses that must not be called, and tries the others in order.
/// A connection belongs to one look; none is kept.
/// </summary>
internal sealed class Connector(AddressGuard guard, HostNames names)
{
    /// <param name="host">A name, or an address without brackets.</param>
    /// <exception cref="CheckFailedException">No address, none that may be called, or none that took the connection.</exception>
    public async ValueTask<Socket> ConnectAsync(string host, int port, Look look, CancellationToken cancel)
    {
        var addresses = IPAddress.TryParse(host, out var literal) ? [literal] : await ResolveAsync(host, look, cancel);
        var allowed = Allowed(host, addresses);
        look.Stage = LookStage.Connecting;
        var began = look.Now;
        for (var i = 0; ; i++)
        {
            look.Peer = new IPEndPoint(allowed[i], port);
            try
            {
                var socket = await OpenAsync(look.Peer, allowed.Length - i, look, cancel);
                look.Connected(began);
                return socket;
            }
            catch (SocketException) when (i + 1 < allowed.Length)
            {
                // The next address may do better; the last one's error is told.
            }
            catch (SocketException error)
            {
                throw CheckFailedException.Of(error, look.Peer.ToString());
            }
        }
    }

    private async ValueTask<IPAddress[]> ResolveAsync(string host, Look look, CancellationToken cancel)
    {
        look.Stage = LookStage.Resolving;
        look.Name = host;
        var began = look.Now;
        try
        {
            return await names.ResolveAsync(host, look, cancel);
        }
        finally
        {
            look.Resolved(began);
        }
    }

    private IPAddress[] Allowed(string host, IPAddress[] addresses)
    {
        if (addresses.Length == 0)
        {
            throw new CheckFailedException(CheckFault.Dns, $"the name {host} has no address");
        }

        var allowed = Array.FindAll(addresses, address => guard.Refusal(address) is null);
        return allowed.Length > 0
            ? allowed
            : throw new CheckFailedException(CheckFault.Forbidden, $"{host} leads to {addresses[0]}, which is not called: {guard.Refusal(addresses[0])}");
    }

    /// <summary>Gives one of several addresses its share of the time, so that a silent one does not use up that of the others.</summary>
    private static async ValueTask<Socket> OpenAsync(IPEndPoint peer, int left, Look look, CancellationToken cancel)
    {
        var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var share = left > 1 ? CancellationTokenSource.CreateLinkedTokenSource(cancel) : null;
        share?.CancelAfter(look.Left / left);
        try
        {
            await socket.ConnectAsync(peer, share?.Token ?? cancel);
            return socket;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            socket.Dispose();
            throw new SocketException((int)SocketError.TimedOut);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
