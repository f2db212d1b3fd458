using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Asks for random bytes, a GiB at a time, and counts what arrives, whether or not this process has come to read it yet.</summary>
internal sealed class DownloadStream(SpeedServer server, AddressGuard guard) : LoadStream(server, guard, BufferSize)
{
    private const int BufferSize = 256 * 1024;

    // The most that LibreSpeed's backends give for one request; stopping early is what all its clients do.
    private const int Mebibytes = 1024;

    private readonly ByteCounter _received = new();

    protected override long Moved => _received.Bytes;

    protected override Crossing Crossed(TcpState state) => new(state.Received, state.Segments, state.SegmentSize);

    protected override async Task TransferAsync(Wire wire, CancellationToken stop)
    {
        ResponseHead head;
        do
        {
            var url = Target.DownloadUrl(Mebibytes);
            await wire.RequestAsync("GET", url, null, stop);
            head = await wire.HeadAsync(stop);
            Check(head, url);
            if (head.IsPage)
            {
                throw new SpeedServerRefusalException($"The server answers {url.AbsolutePath} with a page (text/html) instead of data.");
            }

            var length = await wire.DrainAsync(head, _received, stop);
            if (length < 64 * 1024)
            {
                throw new SpeedServerRefusalException($"The server sent {length} bytes where {Mebibytes} MiB were asked for.");
            }
        }
        while (!head.Close);
    }
}
