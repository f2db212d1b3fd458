using System.Buffers;
using System.Net.Sockets;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>
/// A connection for one HTTP/1.1 request (RFC 9112). It speaks the protocol itself: a look must know its phases, may not reuse a connection,
/// and one processor does over a thousand of them a second.
/// </summary>
internal sealed class HttpConnection(Stream stream, Look look) : IDisposable
{
    private const int BufferBytes = 16 * 1024;
    private const int LongestHead = 64 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
    private int _start;
    private int _end;

    /// <summary>Sends a request and reads the head of its answer; interim ones (1xx) are passed over.</summary>
    /// <exception cref="CheckFailedException">No answer, or one that is not HTTP.</exception>
    public async ValueTask<HttpHead> AskAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        look.Stage = LookStage.Sending;
        await SendAsync(request, cancel);
        look.Stage = LookStage.Waiting;
        var began = look.Now;
        await FillAsync(cancel);
        look.FirstByte(began);
        look.Stage = LookStage.Head;
        for (var passed = 0; ;)
        {
            int length;
            while ((length = HeadLength(_buffer.AsSpan(_start.._end))) < 0)
            {
                if (passed + _end - _start >= LongestHead)
                {
                    throw new CheckFailedException(CheckFault.Protocol, $"the head of the answer has no end within {PlainText.Of(LongestHead)} bytes");
                }

                await FillAsync(cancel);
            }

            var head = HttpHead.Parse(_buffer.AsSpan(_start, length).TrimEnd("\r\n"u8));
            _start += length;
            passed += length;
            switch (head.Status)
            {
                case 101:
                    throw new CheckFailedException(CheckFault.Protocol, "the server changes to another protocol (status 101)");
                case >= 200:
                    return head;
            }
        }
    }

    /// <summary>The next bytes after the head as they came; 0 at the connection's end.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancel)
    {
        if (_start == _end)
        {
            return await ReceiveAsync(into, cancel);
        }

        var taken = Math.Min(into.Length, _end - _start);
        _buffer.AsMemory(_start, taken).CopyTo(into);
        _start += taken;
        return taken;
    }

    /// <summary>The next byte after the head; it may wait for it.</summary>
    /// <exception cref="CheckFailedException">The connection ended.</exception>
    public async ValueTask<byte> NextAsync(CancellationToken cancel)
    {
        if (_start == _end)
        {
            (_start, _end) = (0, await ReceiveAsync(_buffer, cancel));
            if (_end == 0)
            {
                throw Ended();
            }
        }

        return _buffer[_start++];
    }

    /// <summary>The connection ended within the body.</summary>
    public CheckFailedException Ended() => new(CheckFault.Reset, $"the connection ended within the body: {PlainText.Of(look.Bytes ?? 0)} bytes had come");

    public void Dispose()
    {
        stream.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }

    /// <returns>With the empty line; -1 when it has not come yet.</returns>
    private static int HeadLength(ReadOnlySpan<byte> bytes)
    {
        for (var from = 0; from < bytes.Length;)
        {
            var line = bytes[from..].IndexOf((byte)'\n');
            if (line < 0)
            {
                return -1;
            }

            from += line + 1;
            if (bytes[from..] is [(byte)'\n', ..])
            {
                return from + 1;
            }

            if (bytes[from..] is [(byte)'\r', (byte)'\n', ..])
            {
                return from + 2;
            }
        }

        return -1;
    }

    private async ValueTask SendAsync(ReadOnlyMemory<byte> request, CancellationToken cancel)
    {
        try
        {
            await stream.WriteAsync(request, cancel);
        }
        catch (IOException error)
        {
            throw Broken(error);
        }
    }

    private async ValueTask FillAsync(CancellationToken cancel)
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        var read = await ReceiveAsync(_buffer.AsMemory(_end), cancel);
        _end += read > 0 ? read : throw new CheckFailedException(CheckFault.Reset, _end == 0 ? $"{look.Peer} closed the connection without an answer" : "the connection ended within the head of the answer");
    }

    private async ValueTask<int> ReceiveAsync(Memory<byte> into, CancellationToken cancel)
    {
        try
        {
            return await stream.ReadAsync(into, cancel);
        }
        catch (IOException error)
        {
            throw Broken(error);
        }
    }

    private CheckFailedException Broken(IOException error) => error.InnerException is not SocketException socket
        ? new CheckFailedException(CheckFault.Protocol, $"the connection to {look.Peer} broke: {error.Message}", error)
        : look.Stage == LookStage.Body && socket.SocketErrorCode == SocketError.ConnectionReset
            ? new CheckFailedException(CheckFault.Reset, $"{look.Peer} reset the connection within the body: {PlainText.Of(look.Bytes ?? 0)} bytes had come", error)
            : CheckFailedException.Of(socket, look.Peer!.ToString());
}
