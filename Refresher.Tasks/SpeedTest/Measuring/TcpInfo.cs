using System.Buffers.Binary;
using System.Net.Sockets;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>What Linux knows of a TCP connection (tcp(7), TCP_INFO; <c>struct tcp_info</c> of linux/tcp.h).</summary>
internal static class TcpInfo
{
    private const int Tcp = 6;
    private const int Info = 11;
    private const int BytesAckedAt = 120;

    /// <summary>Whether this system tells; elsewhere bytes count when they are written.</summary>
    public static bool IsKnown { get; } = OperatingSystem.IsLinux();

    /// <summary>Bytes that the other side has acknowledged; null where unknown or when the socket is closed.</summary>
    public static long? BytesAcknowledged(Socket socket)
    {
        if (!IsKnown)
        {
            return null;
        }

        try
        {
            Span<byte> info = stackalloc byte[256];
            var length = socket.GetRawSocketOption(Tcp, Info, info);
            return length >= BytesAckedAt + 8 ? (long)BinaryPrimitives.ReadUInt64LittleEndian(info[BytesAckedAt..]) : null;
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            return null;
        }
    }
}
