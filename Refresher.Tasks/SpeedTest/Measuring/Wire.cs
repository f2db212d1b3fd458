using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Refresher.Core.Access;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>
/// One HTTP/1.1 connection to a speed-test server. It speaks the protocol itself because a measurement has to know its socket,
/// may not allocate for each chunk, and counts bytes where they arrive.
/// </summary>
internal sealed class Wire : IDisposable
{
    private const int LongestHead = 16 * 1024;

    private readonly Stream _stream;
    private readonly byte[] _buffer;
    private int _start;
    private int _end;

    private Wire(Socket socket, Stream stream, Uri server, int bufferSize)
    {
        Socket = socket;
        Address = ((IPEndPoint)socket.RemoteEndPoint!).Address;
        _stream = stream;
        Server = server;
        _buffer = ArrayPool<byte>.Shared.Rent(bufferSize);
    }

    public Socket Socket { get; }

    public Uri Server { get; }

    /// <summary>What the server's name was resolved to.</summary>
    public IPAddress Address { get; }

    /// <summary>How long the TCP handshake took, with the name's resolution when no address was given, and after it that of TLS.</summary>
    public (TimeSpan Tcp, TimeSpan? Tls) Handshakes { get; private init; }

    /// <param name="server">Scheme, host and port are used.</param>
    /// <param name="bufferSize">For what is read, at least 16 KiB.</param>
    /// <param name="address">Null: the host is resolved.</param>
    public static async Task<Wire> OpenAsync(Uri server, AddressGuard guard, int bufferSize, CancellationToken cancel, IPAddress? address = null)
    {
        var begun = Stopwatch.GetTimestamp();
        var socket = await guard.ConnectAsync(address?.ToString() ?? server.IdnHost, server.Port, cancel);
        var connected = Stopwatch.GetTimestamp();
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            if (server.Scheme == Uri.UriSchemeHttps)
            {
                var tls = new SslStream(stream);
                stream = tls;
                await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = server.IdnHost }, cancel);
            }

            var handshakes = (Stopwatch.GetElapsedTime(begun, connected), stream is SslStream ? Stopwatch.GetElapsedTime(connected) : (TimeSpan?)null);
            return new Wire(socket, stream, server, Math.Max(bufferSize, LongestHead)) { Handshakes = handshakes };
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends a request's head; a body of <paramref name="bodyLength"/> bytes is to follow by <see cref="WriteAsync"/>.</summary>
    public ValueTask RequestAsync(string method, Uri url, long? bodyLength, CancellationToken cancel)
    {
        var body = bodyLength is { } length ? $"Content-Type: application/octet-stream\r\nContent-Length: {length}\r\n" : "";
        return WriteAsync(
            Encoding.ASCII.GetBytes(
                $"{method} {url.PathAndQuery} HTTP/1.1\r\nHost: {url.Authority}\r\nUser-Agent: {UserAgent.Value}\r\nAccept: */*\r\nAccept-Encoding: identity\r\nCache-Control: no-store\r\n{body}\r\n"),
            cancel);
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancel) => _stream.WriteAsync(bytes, cancel);

    /// <summary>The next response's head; interim ones (1xx) are passed over.</summary>
    /// <exception cref="IOException">The connection ended, or the answer is not HTTP.</exception>
    public async Task<ResponseHead> HeadAsync(CancellationToken cancel)
    {
        while (true)
        {
            int length;
            while ((length = _buffer.AsSpan(_start.._end).IndexOf("\r\n\r\n"u8)) < 0)
            {
                await FillAsync(cancel);
            }

            var head = ResponseHead.Parse(_buffer.AsSpan(_start, length + 4));
            _start += length + 4;
            if (head.Status >= 200)
            {
                return head;
            }
        }
    }

    /// <summary>Reads a body to its end and counts its bytes as they arrive.</summary>
    /// <exception cref="SpeedServerException">The connection ended before the body did.</exception>
    public async Task<long> DrainAsync(ResponseHead head, ByteCounter counter, CancellationToken cancel)
    {
        var framing = new BodyFraming(head);
        var total = 0L;
        while (true)
        {
            var taken = framing.Take(_buffer.AsSpan(_start.._end));
            _start += taken;
            total += taken;
            counter.Add(taken);
            if (framing.Ended)
            {
                return total;
            }

            (_start, _end) = (0, await _stream.ReadAsync(_buffer, cancel));
            if (_end == 0)
            {
                return framing.EndsWithConnection
                    ? total
                    : throw new SpeedServerException($"The server closed the connection after {total} of {head.Length?.ToString() ?? "more"} bytes.");
            }
        }
    }

    public void Dispose()
    {
        _stream.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    private async Task FillAsync(CancellationToken cancel)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        var read = _end < LongestHead ? await _stream.ReadAsync(_buffer.AsMemory(_end), cancel) : 0;
        _end += read > 0 ? read : throw new SpeedServerException(_end < LongestHead ? "The server closed the connection without an answer." : "The server's answer has no end of its head.");
    }
}

/// <summary>Bytes of one stream, written by one thread and read by another.</summary>
internal sealed class ByteCounter
{
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(long bytes) => Volatile.Write(ref _bytes, _bytes + bytes);
}
