using System.Buffers;
using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Refresher.Tasks.SiteMonitor.Probing.Names;

/// <summary>
/// Asks name servers over UDP, and over TCP where an answer does not fit. It waits without a thread, which the system's resolver does not: names
/// that are slow to resolve do not hold up other checks.
/// </summary>
internal static class DnsClient
{
    private const int LargestMessage = 4096;
    private const int Rounds = 30;

    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(4);

    /// <summary>Asks until a server answers, from the first to the last and over again, longer each time.</summary>
    /// <param name="asked">Hears which server is asked.</param>
    /// <exception cref="CheckFailedException">Nothing listens there, or the answer is none.</exception>
    public static async ValueTask<DnsAnswer> AskAsync(DnsQuestion question, IReadOnlyList<IPEndPoint> servers, Action<IPEndPoint> asked, CancellationToken cancel)
    {
        var wait = FirstWait;
        SocketException? refusal = null;
        for (var round = 0; round < Rounds; round++, wait = wait < LongestWait ? wait * 2 : LongestWait)
        {
            var silent = false;
            foreach (var server in servers)
            {
                asked(server);
                try
                {
                    if (await TryAsync(question, server, wait, cancel) is { } answer)
                    {
                        return answer;
                    }

                    silent = true;
                }
                catch (SocketException error)
                {
                    refusal = error;
                }
                catch (FormatException malformed)
                {
                    throw new CheckFailedException(CheckFault.Protocol, $"the name server {server} does not answer in DNS: {malformed.Message}", malformed);
                }
            }

            if (!silent && refusal is not null)
            {
                throw CheckFailedException.Of(refusal, $"the name server {servers[^1]}");
            }
        }

        throw new CheckFailedException(CheckFault.Timeout, $"no name server answered: {string.Join(", ", servers)}");
    }

    /// <returns>Null when nothing came in time.</returns>
    private static async ValueTask<DnsAnswer?> TryAsync(DnsQuestion question, IPEndPoint server, TimeSpan wait, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(wait);
        try
        {
            var answer = await AskUdpAsync(question, server, extended: true, limit.Token);
            if (answer.Code == 1)
            {
                answer = await AskUdpAsync(question, server, extended: false, limit.Token);
            }

            return answer.Cut ? await AskTcpAsync(question, server, limit.Token) : answer;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return null;
        }
    }

    private static async ValueTask<DnsAnswer> AskUdpAsync(DnsQuestion question, IPEndPoint server, bool extended, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        var buffer = ArrayPool<byte>.Shared.Rent(LargestMessage);
        try
        {
            // Connected, so that the system passes on only what this server sends, and that nobody listens there.
            await socket.ConnectAsync(server, cancel);
            await socket.SendAsync(question.ToBytes(extended), cancel);
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer, cancel);
                if (DnsReader.Read(buffer.AsSpan(0, length), question.Id, question.Name, question.Type) is { } answer)
                {
                    return answer;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask<DnsAnswer> AskTcpAsync(DnsQuestion question, IPEndPoint server, CancellationToken cancel)
    {
        using var socket = new Socket(server.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(server, cancel);
        await using var stream = new NetworkStream(socket);
        var ask = question.ToBytes(extended: false);
        await stream.WriteAsync((byte[])[(byte)(ask.Length >> 8), (byte)ask.Length, .. ask], cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(ushort.MaxValue);
        try
        {
            await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), cancel);
            var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
            await stream.ReadExactlyAsync(buffer.AsMemory(0, length), cancel);
            return DnsReader.Read(buffer.AsSpan(0, length), question.Id, question.Name, question.Type) is { Cut: false } answer
                ? answer
                : throw new FormatException("over TCP it answers something else");
        }
        catch (EndOfStreamException)
        {
            throw new FormatException("over TCP it ends too early");
        }
        catch (IOException error) when (error.InnerException is SocketException socketError)
        {
            throw socketError;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
