using System.Net.Sockets;
using System.Security.Cryptography;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// Posts random bytes, one request after the other without waiting for the answers between them, so that a long way to the server
/// leaves no gaps. What counts is what the other side acknowledged, not what was put into the socket's buffer.
/// </summary>
internal sealed class UploadStream(SpeedServer server, AddressGuard guard) : LoadStream(server, guard, BufferSize)
{
    private const int BufferSize = 16 * 1024;
    private const int PieceSize = 256 * 1024;

    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);

    private static readonly byte[] Noise = RandomNumberGenerator.GetBytes(PieceSize);

    private readonly ByteCounter _written = new();
    private Socket? _socket;
    private long _acknowledged;
    private long _ofEarlierConnections;

    public override long Bytes
    {
        get
        {
            if (Volatile.Read(ref _socket) is not { } socket)
            {
                return Volatile.Read(ref _ofEarlierConnections);
            }

            if (TcpInfo.BytesAcknowledged(socket) is not { } acknowledged)
            {
                return TcpInfo.IsKnown ? _ofEarlierConnections + _acknowledged : _written.Bytes;
            }

            _acknowledged = acknowledged;
            return _ofEarlierConnections + acknowledged;
        }
    }

    protected override async Task TransferAsync(Wire wire, CancellationToken stop)
    {
        Volatile.Write(ref _socket, wire.Socket);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var answers = ReadAnswersAsync(wire, either.Token);
        try
        {
            await WriteAsync(wire, answers, either.Token);
        }
        catch (IOException) when (!stop.IsCancellationRequested)
        {
            // A server that refuses hangs up, but says why before: that is the better reason.
            await answers.WaitAsync(AnswerTime, CancellationToken.None);
            throw;
        }
        finally
        {
            var bytes = Bytes;
            Volatile.Write(ref _socket, null);
            Volatile.Write(ref _ofEarlierConnections, bytes);
            await either.CancelAsync();
        }

        await answers;
    }

    private async Task WriteAsync(Wire wire, Task answers, CancellationToken stop)
    {
        while (!answers.IsCompleted)
        {
            await wire.RequestAsync("POST", Server.UploadUrl, Server.UploadBytes, stop);
            for (long left = Server.UploadBytes; left > 0 && !answers.IsCompleted;)
            {
                var piece = (int)Math.Min(left, PieceSize);
                await wire.WriteAsync(Noise.AsMemory(0, piece), stop);
                _written.Add(piece);
                left -= piece;
            }
        }
    }

    private async Task ReadAnswersAsync(Wire wire, CancellationToken stop)
    {
        var ignored = new ByteCounter();
        ResponseHead head;
        do
        {
            head = await wire.HeadAsync(stop);
            Check(head, Server.UploadUrl);
            await wire.DrainAsync(head, ignored, stop);
        }
        while (!head.Close);
    }
}
