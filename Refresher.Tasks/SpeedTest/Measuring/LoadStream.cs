using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>One of several connections that load a line in one direction until they are stopped; reconnects when it may.</summary>
internal abstract class LoadStream(SpeedServer server, AddressGuard guard, int bufferSize)
{
    private const int MostFaults = 3;
    private static readonly TimeSpan Worthwhile = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private Socket? _socket;
    private TcpState? _state;
    private Crossing _ofEarlierConnections;

    /// <summary>Why the stream gave up; null while it runs or when it was stopped.</summary>
    public string? Fault { get; private set; }

    /// <summary>Where the server was reached; null before.</summary>
    public IPAddress? Server { get; private set; }

    /// <summary>Set when it gave up because the server said "too many requests": for how long, zero when it did not say.</summary>
    public TimeSpan? Busy { get; private set; }

    /// <summary>What the last <see cref="Observe"/> saw of the connection; null where the system does not tell, or when there was none.</summary>
    public TcpState? State => _state;

    protected SpeedServer Target => server;

    /// <summary>Bytes that were written or read so far: what counts where the system does not tell what crossed.</summary>
    protected abstract long Moved { get; }

    /// <summary>Bytes that crossed the line, over all connections of the stream, as the kernel knows them.</summary>
    public Crossing Observe()
    {
        lock (_lock)
        {
            // A connection that just ended keeps what was last seen of it.
            _state = _socket is null ? null : TcpState.Of(_socket) ?? _state;
            var crossed = _state is { } state ? _ofEarlierConnections.And(Crossed(state)) : _ofEarlierConnections;
            return crossed.Bytes > 0 ? crossed : new Crossing(Moved, 0, 0);
        }
    }

    /// <summary>Ends when stopped, or with a <see cref="Fault"/> when it was refused or three connections in a row broke within a second.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var faults = 0; !stop.IsCancellationRequested;)
        {
            var begun = Stopwatch.GetTimestamp();
            try
            {
                using var wire = await Wire.OpenAsync(server.Url, guard, bufferSize, stop);
                await OverAsync(wire, stop);
                faults = 0;
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
            {
                faults = Stopwatch.GetElapsedTime(begun) > Worthwhile ? 1 : faults + 1;
                if (faults == MostFaults || failed is SpeedServerRefusalException or AuthenticationException or AddressRefusedException)
                {
                    (Fault, Busy) = (failed.Message, (failed as SpeedServerException)?.Busy);
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 * faults), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Transfers over one connection until it is to be closed or fails.</summary>
    protected abstract Task TransferAsync(Wire wire, CancellationToken stop);

    /// <summary>The bytes of a connection that crossed the line in the direction that is measured.</summary>
    protected abstract Crossing Crossed(TcpState state);

    /// <exception cref="SpeedServerRefusalException">The answer is not that of a speed-test server.</exception>
    protected static void Check(ResponseHead head, Uri url)
    {
        if (head.Status is < 200 or > 299)
        {
            throw new SpeedServerRefusalException($"The server answers {url.AbsolutePath} with status {head.Status}.", head.Busy);
        }
    }

    private async Task OverAsync(Wire wire, CancellationToken stop)
    {
        lock (_lock)
        {
            (_socket, _state, Server) = (wire.Socket, null, wire.Address);
        }

        try
        {
            await TransferAsync(wire, stop);
        }
        finally
        {
            lock (_lock)
            {
                _state = TcpState.Of(wire.Socket) ?? _state;
                _ofEarlierConnections = _state is { } state ? _ofEarlierConnections.And(Crossed(state)) : _ofEarlierConnections;
                (_socket, _state) = (null, null);
            }
        }
    }
}
