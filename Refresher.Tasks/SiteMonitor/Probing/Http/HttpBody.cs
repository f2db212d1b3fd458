using System.Buffers;
using System.IO.Compression;
using System.Text;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>What was read of an answer's body, decompressed: all that conditions need, or its beginning. Its memory is lent and goes back.</summary>
internal sealed class HttpBody(string? charset) : IDisposable
{
    private const int StepBytes = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(StepBytes);
    private int _kept;

    /// <summary>Bytes that are at hand.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _kept);

    /// <summary>Reads to the body's end.</summary>
    /// <param name="keep">Bytes that are kept; more are counted and passed over. At most <paramref name="most"/>.</param>
    /// <param name="most">Bytes that the body may have, decompressed.</param>
    /// <exception cref="CheckFailedException">It has more, ends too early, or is not compressed as it says.</exception>
    public async ValueTask ReadAsync(Stream body, HttpHead head, int keep, int most, Look look, CancellationToken cancel)
    {
        look.Stage = LookStage.Body;
        look.Bytes = 0;
        var began = look.Now;
        try
        {
            if (head.Coding is null && head.Length > most)
            {
                throw TooLarge($"the body has {PlainText.Of(head.Length.Value)} bytes", most);
            }

            var plain = Decompressed(body, head.Coding);
            for (int read; (read = await plain.ReadAsync(Room(keep), cancel)) > 0;)
            {
                look.Bytes += read;
                _kept = Math.Min(keep, _kept + read);
                if (look.Bytes > most)
                {
                    throw TooLarge(head.Coding is null ? "the body does not end" : "the decompressed body does not end", most);
                }
            }
        }
        catch (InvalidDataException error)
        {
            throw new CheckFailedException(CheckFault.Protocol, $"the body is not {head.Coding} as the answer says", error);
        }
        finally
        {
            look.Transferred(began);
        }
    }

    /// <summary>The beginning as it may be stored and shown.</summary>
    public string Beginning() => PlainText.Clean(Encoding().GetString(_bytes, 0, Math.Min(_kept, PlainText.KeptBytes)), PlainText.KeptBytes);

    /// <summary>Lends the text while <paramref name="look"/> looks at it.</summary>
    public bool Look(Func<ReadOnlySpan<char>, bool> look)
    {
        var encoding = Encoding();
        var characters = ArrayPool<char>.Shared.Rent(encoding.GetMaxCharCount(_kept));
        try
        {
            return look(characters.AsSpan(0, encoding.GetChars(_bytes, 0, _kept, characters, 0)).TrimStart('\uFEFF'));
        }
        finally
        {
            ArrayPool<char>.Shared.Return(characters);
        }
    }

    /// <summary>The body in UTF-8, as JSON has to be (RFC 8259, 8.1).</summary>
    public ReadOnlyMemory<byte> Utf8()
    {
        var encoding = Encoding();
        var bytes = encoding is UTF8Encoding ? Bytes : System.Text.Encoding.Convert(encoding, System.Text.Encoding.UTF8, _bytes, 0, _kept);
        return bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(_bytes);

    private static CheckFailedException TooLarge(string what, int most) => new(CheckFault.TooLarge, $"{what}, and no more than {PlainText.Of(most)} are allowed");

    private static Stream Decompressed(Stream body, string? coding) => coding switch
    {
        "gzip" => new GZipStream(body, CompressionMode.Decompress),
        "deflate" => new ZLibStream(body, CompressionMode.Decompress),
        "br" => new BrotliStream(body, CompressionMode.Decompress),
        _ => body,
    };

    /// <summary>Where the next bytes go: behind those that are kept, at least one byte.</summary>
    private Memory<byte> Room(int keep)
    {
        if (_kept == _bytes.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(_bytes.Length * 2L, keep + 1L));
            _bytes.CopyTo(larger, 0);
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = larger;
        }

        return _bytes.AsMemory(_kept, Math.Min(_bytes.Length - _kept, keep - _kept + StepBytes));
    }

    /// <summary>By its byte-order mark, by what the answer says, or UTF-8.</summary>
    private Encoding Encoding()
    {
        var bytes = Bytes.Span;
        if (charset is null || bytes is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..])
        {
            return bytes is [0xFF, 0xFE, ..] ? System.Text.Encoding.Unicode : bytes is [0xFE, 0xFF, ..] ? System.Text.Encoding.BigEndianUnicode : System.Text.Encoding.UTF8;
        }

        try
        {
            return charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
                ? System.Text.Encoding.UTF8
                : CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? System.Text.Encoding.GetEncoding(charset);
        }
        catch (ArgumentException)
        {
            return System.Text.Encoding.UTF8;
        }
    }
}
