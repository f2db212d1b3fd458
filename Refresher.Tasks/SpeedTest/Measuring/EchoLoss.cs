using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <param name="Sent">Echo requests.</param>
/// <param name="Lost">Those that were not answered.</param>
internal readonly record struct EchoCount(int Sent, int Lost);

/// <summary>Counts ICMP echo requests that are not answered (RFC 792, RFC 4443): what TCP loses it sends again, and does not show.</summary>
internal static class EchoLoss
{
    private const int Count = 100;
    private const int RequestLength = 16;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>Null when that cannot be known: none was answered, or this process may send none.</returns>
    public static async Task<EchoCount?> MeasureAsync(AddressGuard guard, IPAddress server, TimeProvider clock, CancellationToken cancel)
    {
        var address = server.IsIPv4MappedToIPv6 ? server.MapToIPv4() : server;
        using var socket = guard.OpenIcmp(address);
        if (socket is null)
        {
            return null;
        }

        var form = new EchoForm(address.AddressFamily == AddressFamily.InterNetworkV6, socket.SocketType == SocketType.Raw, (ushort)Random.Shared.Next());
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var receiving = ReceiveAsync(socket, form, over.Token);
        try
        {
            for (ushort sequence = 0; sequence < Count; sequence++)
            {
                await socket.SendAsync(form.Request(sequence), cancel);
                await Task.Delay(Pause, clock, cancel);
            }

            await receiving.WaitAsync(Patience, clock, cancel);
        }
        catch (SocketException)
        {
            // A firewall of this machine's own: nothing is known of the line.
            return null;
        }
        catch (TimeoutException)
        {
            // Some are lost.
        }
        finally
        {
            await over.CancelAsync();
        }

        var answered = await receiving;
        return answered == 0 ? null : new EchoCount(Count, Count - answered);
    }

    /// <returns>How many requests were answered, when all were or it is stopped.</returns>
    private static async Task<int> ReceiveAsync(Socket socket, EchoForm form, CancellationToken stop)
    {
        // An answer may come twice.
        var answered = new HashSet<int>();
        var buffer = new byte[1500];
        while (answered.Count < Count)
        {
            try
            {
                var length = await socket.ReceiveAsync(buffer, stop);
                if (form.Sequence(buffer.AsSpan(0, length)) is { } sequence && sequence < Count)
                {
                    answered.Add(sequence);
                }
            }
            catch (OperationCanceledException)
            {
                break;
            }
            catch (SocketException)
            {
                // Somebody on the way says that it cannot be reached: one that is not answered.
                await Task.Yield();
            }
        }

        return answered.Count;
    }

    /// <summary>How an echo is written and read. A raw socket hears the answers to everybody, and IPv4's with the packet's head; for the others the system writes identifier and checksum.</summary>
    private readonly record struct EchoForm(bool IsV6, bool IsRaw, ushort Identifier)
    {
        private const int ChecksumAt = 2;
        private const int IdentifierAt = 4;
        private const int SequenceAt = 6;
        private const int HeadLength = 8;

        public byte[] Request(ushort sequence)
        {
            var request = new byte[RequestLength];
            request[0] = (byte)(IsV6 ? 128 : 8);
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(IdentifierAt), Identifier);
            BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(SequenceAt), sequence);
            if (IsRaw && !IsV6)
            {
                BinaryPrimitives.WriteUInt16BigEndian(request.AsSpan(ChecksumAt), Checksum(request));
            }

            return request;
        }

        /// <returns>Null for what is no answer to one of ours.</returns>
        public int? Sequence(ReadOnlySpan<byte> packet)
        {
            if (IsRaw && !IsV6)
            {
                packet = packet.IsEmpty ? packet : packet[Math.Min(packet.Length, (packet[0] & 0x0F) * 4)..];
            }

            var isAnswer = packet.Length >= HeadLength && packet[0] == (IsV6 ? 129 : 0) && (!IsRaw || BinaryPrimitives.ReadUInt16BigEndian(packet[IdentifierAt..]) == Identifier);
            return isAnswer ? BinaryPrimitives.ReadUInt16BigEndian(packet[SequenceAt..]) : null;
        }

        /// <summary>RFC 1071.</summary>
        private static ushort Checksum(ReadOnlySpan<byte> bytes)
        {
            var sum = 0u;
            for (var at = 0; at < bytes.Length; at += 2)
            {
                sum += BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]);
            }

            sum = (sum & 0xFFFF) + (sum >> 16);
            return (ushort)~(sum + (sum >> 16));
        }
    }
}
