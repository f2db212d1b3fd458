using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Refresher.Testing;

/// <summary>A name server on UDP and TCP of 127.0.0.1, the same port, that answers as a test wants it to.</summary>
public sealed class FakeNameServer : IAsyncDisposable
{
    private readonly Socket _udp;
    private readonly TcpListener _tcp;
    private readonly CancellationTokenSource _end = new();
    private readonly Func<FakeQuestion, byte[]?> _answer;
    private readonly Task _serving;

    private FakeNameServer(Func<FakeQuestion, byte[]?> answer)
    {
        _answer = answer;
        (_udp, _tcp) = Listen();
        _serving = Task.WhenAll(ServeUdpAsync(), ServeTcpAsync());
    }

    public IPEndPoint Address => (IPEndPoint)_udp.LocalEndPoint!;

    /// <param name="answer">The message to answer a question with; null: none.</param>
    public static FakeNameServer Start(Func<FakeQuestion, byte[]?> answer) => new(answer);

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _udp.Dispose();
        _tcp.Stop();
        await _serving;
        _end.Dispose();
    }

    /// <summary>A port that is free for UDP may be taken for TCP: another one is tried then.</summary>
    private static (Socket Udp, TcpListener Tcp) Listen()
    {
        for (var tries = 1; ; tries++)
        {
            var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
                var tcp = new TcpListener((IPEndPoint)udp.LocalEndPoint!);
                tcp.Start();
                return (udp, tcp);
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && tries < 20)
            {
                udp.Dispose();
            }
        }
    }

    private async Task ServeUdpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var asked = await _udp.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), _end.Token);
                if (_answer(FakeQuestion.Parse(buffer.AsSpan(0, asked.ReceivedBytes), overTcp: false)) is { } answer)
                {
                    await _udp.SendToAsync(answer, asked.RemoteEndPoint, _end.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeTcpAsync()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                using var client = await _tcp.AcceptTcpClientAsync(_end.Token);
                var stream = client.GetStream();
                await stream.ReadExactlyAsync(buffer.AsMemory(0, 2), _end.Token);
                var length = BinaryPrimitives.ReadUInt16BigEndian(buffer);
                await stream.ReadExactlyAsync(buffer.AsMemory(0, length), _end.Token);
                if (_answer(FakeQuestion.Parse(buffer.AsSpan(0, length), overTcp: true)) is { } answer)
                {
                    await stream.WriteAsync((byte[])[(byte)(answer.Length >> 8), (byte)answer.Length, .. answer], _end.Token);
                }
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException or IOException)
        {
            // The test is over.
        }
    }
}

/// <summary>A question that a <see cref="FakeNameServer"/> got.</summary>
/// <param name="Bytes">The question's part of the message.</param>
/// <param name="Extended">Whether it came with EDNS.</param>
public sealed record FakeQuestion(ushort Id, string Name, int Type, byte[] Bytes, bool OverTcp, bool Extended)
{
    /// <summary>An answer with some records, each: type and data.</summary>
    public byte[] Answer(params (int Type, byte[] Data)[] records) => Message(0, false, records);

    /// <summary>An answer without records: 2 SERVFAIL, 3 NXDOMAIN.</summary>
    public byte[] Fail(int code) => Message(code, false, []);

    /// <summary>An answer that says that it did not fit.</summary>
    public byte[] Cut() => Message(0, true, []);

    public static byte[] Text(string text) => [(byte)text.Length, .. Encoding.UTF8.GetBytes(text)];

    /// <summary>A name without compression.</summary>
    public static byte[] NameBytes(string name) => [.. name.Split('.').SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    internal static FakeQuestion Parse(ReadOnlySpan<byte> message, bool overTcp)
    {
        var (labels, at) = (new List<string>(), 12);
        for (; message[at] != 0; at += message[at] + 1)
        {
            labels.Add(Encoding.ASCII.GetString(message.Slice(at + 1, message[at])));
        }

        return new FakeQuestion(
            BinaryPrimitives.ReadUInt16BigEndian(message), string.Join('.', labels), BinaryPrimitives.ReadUInt16BigEndian(message[(at + 1)..]), message[12..(at + 5)].ToArray(), overTcp, message[11] > 0);
    }

    private byte[] Message(int code, bool cut, (int Type, byte[] Data)[] records)
    {
        byte[] head = [(byte)(Id >> 8), (byte)Id, (byte)(cut ? 0x83 : 0x81), (byte)(0x80 | code), 0, 1, (byte)(records.Length >> 8), (byte)records.Length, 0, 0, 0, 0];

        // Each record's name points to the question's.
        var body = records.SelectMany(record => (byte[])[0xC0, 12, (byte)(record.Type >> 8), (byte)record.Type, 0, 1, 0, 0, 0, 60, (byte)(record.Data.Length >> 8), (byte)record.Data.Length, .. record.Data]);
        return [.. head, .. Bytes, .. body];
    }
}
