using System.Buffers.Binary;
using System.Net.Sockets;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>What Linux knows of a TCP connection (tcp(7), TCP_INFO; <c>struct tcp_info</c> of linux/tcp.h, in full since Linux 4.10).</summary>
/// <param name="Delivered">Bytes that the other side has, those after a gap included (RFC 2018), which it tells in whole segments.</param>
/// <param name="Received">Bytes that have arrived without a gap before them, read or not.</param>
/// <param name="Segments">Segments with data that have arrived, those after a gap and those that came twice included.</param>
/// <param name="SegmentSize">The most bytes that one may have, as this side announced it.</param>
/// <param name="Busy">Time with something to send or to be acknowledged.</param>
/// <param name="WindowLimited">The part of it in which the other side's receive window was full.</param>
/// <param name="BufferLimited">The part of it in which this side's send buffer was too small.</param>
/// <param name="IsFull">Whether so much has arrived and was not read that the other side has to wait soon.</param>
internal readonly record struct TcpState(long Delivered, long Received, long Segments, int SegmentSize, TimeSpan Busy, TimeSpan WindowLimited, TimeSpan BufferLimited, bool IsFull)
{
    private const int Tcp = 6;
    private const int Info = 11;
    private const int SegmentAt = 16;
    private const int SelectiveAt = 28;
    private const int AnnouncedSegmentAt = 84;
    private const int AcknowledgedAt = 120;
    private const int ReceivedAt = 128;
    private const int SegmentsAt = 152;
    private const int BusyAt = 168;
    private const int WindowLimitedAt = 176;
    private const int BufferLimitedAt = 184;

    /// <returns>Null where unknown or when the socket is closed.</returns>
    public static TcpState? Of(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return null;
        }

        try
        {
            Span<byte> info = stackalloc byte[256];
            info = info[..socket.GetRawSocketOption(Tcp, Info, info)];
            if (info.Length < BufferLimitedAt + 8)
            {
                return null;
            }

            // The kernel keeps half of a receive buffer for its own book-keeping: a quarter is half of the window.
            var isFull = socket.Available >= socket.ReceiveBufferSize / 4;
            var delivered = Number(info, AcknowledgedAt) + ((long)Small(info, SelectiveAt) * Small(info, SegmentAt));
            return new TcpState(
                delivered, Number(info, ReceivedAt), Small(info, SegmentsAt), (int)Small(info, AnnouncedSegmentAt), Time(info, BusyAt), Time(info, WindowLimitedAt), Time(info, BufferLimitedAt), isFull);
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }

    private static uint Small(ReadOnlySpan<byte> info, int at) => BinaryPrimitives.ReadUInt32LittleEndian(info[at..]);

    private static long Number(ReadOnlySpan<byte> info, int at) => (long)BinaryPrimitives.ReadUInt64LittleEndian(info[at..]);

    private static TimeSpan Time(ReadOnlySpan<byte> info, int at) => TimeSpan.FromMicroseconds(Number(info, at));
}
