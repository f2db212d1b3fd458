namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>The body of an HTTP/1.1 answer without its framing (RFC 9112, 6.3 and 7.1). </summary>
internal sealed class HttpBodyStream(HttpConnection connection, HttpHead head) : ReadOnlyStream
{
    private const int LongestLine = 8 * 1024;
    private const long LargestChunk = 1L << 40;

    // Of the body, or of the chunk at hand; -1: until the connection ends.
    private long _left = head.Chunked ? 0 : head.Length ?? -1;
    private bool _ended = !head.Chunked && head.Length == 0;
    private bool _within;

    /// <returns>0 at the body's end.</returns>
    /// <exception cref="CheckFailedException">The connection ended before, or the framing is wrong.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (head.Chunked && _left == 0 && !_ended)
        {
            await BeginChunkAsync(cancellationToken);
        }

        if (_ended || buffer.Length == 0)
        {
            return 0;
        }

        var read = await connection.ReadAsync(_left < 0 ? buffer : buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
        if (read == 0)
        {
            _ended = _left < 0 ? true : throw connection.Ended();
            return 0;
        }

        if (_left > 0)
        {
            _left -= read;
            _ended = _left == 0 && !head.Chunked;
        }

        return read;
    }

    private static CheckFailedException Malformed(string what) => new(CheckFault.Protocol, $"the chunks of the answer are malformed: {what}");

    private async ValueTask BeginChunkAsync(CancellationToken cancel)
    {
        if (_within && await LineLengthAsync(cancel) != 0)
        {
            throw Malformed("a chunk is longer than its size");
        }

        _within = true;
        _left = await SizeAsync(cancel);
        if (_left > 0)
        {
            return;
        }

        var trailers = 0;
        for (int length; (length = await LineLengthAsync(cancel)) > 0;)
        {
            trailers += length;
            if (trailers > LongestLine)
            {
                throw Malformed("the trailers have no end");
            }
        }

        _ended = true;
    }

    private async ValueTask<long> SizeAsync(CancellationToken cancel)
    {
        var (size, digits, next) = (0L, 0, await connection.NextAsync(cancel));
        for (; char.IsAsciiHexDigit((char)next); next = await connection.NextAsync(cancel))
        {
            size = (size * 16) + (next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
            digits = size <= LargestChunk ? digits + 1 : throw Malformed("a chunk of more than a TiB");
        }

        if (digits == 0 || next is not ((byte)'\r' or (byte)'\n' or (byte)';' or (byte)' ' or (byte)'\t'))
        {
            throw Malformed("a chunk has no size");
        }

        if (next != '\n')
        {
            await LineLengthAsync(cancel);
        }

        return size;
    }

    /// <summary>Passes over a line and says how long it was.</summary>
    private async ValueTask<int> LineLengthAsync(CancellationToken cancel)
    {
        var length = 0;
        for (byte next; (next = await connection.NextAsync(cancel)) != '\n';)
        {
            length += next == '\r' ? 0 : 1;
            if (length > LongestLine)
            {
                throw Malformed("a line has no end");
            }
        }

        return length;
    }
}
