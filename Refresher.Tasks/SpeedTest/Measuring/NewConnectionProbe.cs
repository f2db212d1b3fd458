using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>How long somebody waits who comes to a server anew: the handshakes of TCP and TLS, and a small request, in milliseconds.</summary>
/// <param name="At">Timestamp of its beginning.</param>
/// <param name="Tls">Null over plain HTTP.</param>
internal sealed record NewConnection(long At, double Tcp, double? Tls, double Http);

/// <summary>Opens a connection, asks for little over it, closes it, and again.</summary>
internal sealed class NewConnectionProbe(SpeedServer server, AddressGuard guard, TimeProvider clock)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private IPAddress? _address;

    /// <summary>Until cancelled; one that fails is left out.</summary>
    public async Task<List<NewConnection>> WatchAsync(CancellationToken stop)
    {
        var seen = new List<NewConnection>();
        while (!stop.IsCancellationRequested)
        {
            try
            {
                seen.Add(await OnceAsync(stop));
            }
            catch (Exception failed) when (stop.IsCancellationRequested || failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
            {
                // Stopped, or no answer: the streams beside it decide what becomes of the measurement.
            }

            await Task.Delay(Pause, clock, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return seen;
    }

    private async Task<NewConnection> OnceAsync(CancellationToken stop)
    {
        var at = clock.GetTimestamp();

        // The name is resolved once: a round trip to somebody else is none to the server.
        using var wire = await Wire.OpenAsync(server.Url, guard, 0, stop, _address);
        var first = _address is null;
        _address = wire.Address;
        var asked = clock.GetTimestamp();
        await wire.RequestAsync("GET", server.PingUrl, null, stop);
        await wire.HeadAsync(stop);
        var http = clock.GetElapsedTime(asked).TotalMilliseconds;
        return first ? await OnceAsync(stop) : new NewConnection(at, wire.Handshakes.Tcp.TotalMilliseconds, wire.Handshakes.Tls?.TotalMilliseconds, http);
    }
}
