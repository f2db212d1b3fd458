using System.Net.Sockets;
using System.Security.Authentication;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>One of several connections that load a line in one direction until they are stopped; reconnects when it may.</summary>
internal abstract class LoadStream(SpeedServer server, AddressGuard guard, int bufferSize)
{
    private const int MostFaults = 3;
    private const long Worthwhile = 1024 * 1024;

    /// <summary>Payload that crossed the line so far.</summary>
    public abstract long Bytes { get; }

    /// <summary>Why the stream gave up; null while it runs or when it was stopped.</summary>
    public string? Fault { get; private set; }

    protected SpeedServer Server => server;

    /// <summary>Ends when stopped, or with a <see cref="Fault"/> when it was refused or three connections in a row came to nothing.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        for (var faults = 0; !stop.IsCancellationRequested;)
        {
            var before = Bytes;
            try
            {
                using var wire = await Wire.OpenAsync(server.Url, guard, bufferSize, stop);
                await TransferAsync(wire, stop);
                faults = 0;
            }
            catch (Exception) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
            {
                faults = Bytes - before > Worthwhile ? 1 : faults + 1;
                if (faults == MostFaults || failed is SpeedServerRefusalException or AuthenticationException or AddressRefusedException)
                {
                    Fault = failed.Message;
                    return;
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50 * faults), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Transfers over one connection until it is to be closed or fails.</summary>
    protected abstract Task TransferAsync(Wire wire, CancellationToken stop);

    /// <exception cref="SpeedServerRefusalException">The answer is not that of a speed-test server.</exception>
    protected static void Check(ResponseHead head, Uri url)
    {
        if (head.Status is < 200 or > 299)
        {
            throw new SpeedServerRefusalException($"The server answers {url.AbsolutePath} with status {head.Status}.");
        }
    }
}
