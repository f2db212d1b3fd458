namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>Finds the end of a response's body in the bytes that arrive, without copying any of them (RFC 9112, 7.1).</summary>
internal sealed class BodyFraming
{
    private const long LargestChunk = 1L << 40;

    private Part _part;
    private long _left;
    private int _lineLength;

    public BodyFraming(ResponseHead head)
    {
        _part = head.Chunked ? Part.Size : Part.Body;
        _left = head.Chunked ? 0 : head.Length ?? long.MaxValue;
        EndsWithConnection = !head.Chunked && head.Length is null;
    }

    private enum Part
    {
        Body,
        Size,
        Extension,
        Chunk,
        ChunkEnd,
        Trailer,
        Ended,
    }

    public bool EndsWithConnection { get; }

    public bool Ended => _part == Part.Ended || (_part == Part.Body && _left == 0);

    /// <summary>How many of <paramref name="bytes"/> belong to this body, framing included.</summary>
    /// <exception cref="SpeedServerException">The chunks are malformed.</exception>
    public int Take(ReadOnlySpan<byte> bytes)
    {
        var taken = 0;
        while (taken < bytes.Length && !Ended)
        {
            if (_part is Part.Body or Part.Chunk)
            {
                var length = (int)Math.Min(_left, bytes.Length - taken);
                _left -= length;
                taken += length;
                _part = _part == Part.Chunk && _left == 0 ? Part.ChunkEnd : _part;
            }
            else
            {
                Frame(bytes[taken++]);
            }
        }

        return taken;
    }

    private void Frame(byte next)
    {
        switch (_part)
        {
            case Part.Size when char.IsAsciiHexDigit((char)next):
                _left = (_left * 16) + (next <= '9' ? next - '0' : (next | 0x20) - 'a' + 10);
                _part = _left <= LargestChunk ? Part.Size : throw new SpeedServerException("The server states a chunk of more than a TiB.");
                break;
            case Part.Size or Part.Extension:
                _part = next == '\n' ? (_left == 0 ? Part.Trailer : Part.Chunk) : Part.Extension;
                _lineLength = 0;
                break;
            case Part.ChunkEnd:
                _part = next == '\n' ? Part.Size : Part.ChunkEnd;
                break;
            case Part.Trailer when next == '\n':
                _part = _lineLength == 0 ? Part.Ended : Part.Trailer;
                _lineLength = 0;
                break;
            case Part.Trailer:
                _lineLength += next == '\r' ? 0 : 1;
                break;
        }
    }
}
