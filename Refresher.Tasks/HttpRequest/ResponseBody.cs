using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Refresher.Tasks.HttpRequest;

/// <summary>The beginning of a response's body: what was read of it, and what of that is kept.</summary>
internal sealed class ResponseBody(byte[] read, string? charset, bool complete)
{
    /// <summary>Bytes of a body that are kept with the run.</summary>
    public const int KeptBytes = 64 * 1024;

    /// <summary>Bytes of a body that are read for a pattern to match.</summary>
    public const int MatchedBytes = 1024 * 1024;

    // An escaped character takes up to six; the output of a run is at most 256 KiB.
    private const int MostJsonCharacters = 192 * 1024;

    /// <summary>Bytes read; when <see cref="Complete"/>, the whole body's length.</summary>
    public int Length => read.Length;

    /// <summary>Whether the body ended before the limit.</summary>
    public bool Complete => complete;

    public string Text => Decode(read, complete);

    /// <summary>Reads at most <paramref name="limit"/> bytes and leaves the rest unread.</summary>
    public static async Task<ResponseBody> ReadAsync(HttpContent content, int limit, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(limit + 1);
        try
        {
            await using var stream = await content.ReadAsStreamAsync(cancel);
            var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, limit + 1), limit + 1, throwOnEndOfStream: false, cancel);
            return new ResponseBody(buffer[..Math.Min(length, limit)], content.Headers.ContentType?.CharSet, length <= limit);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The kept part, as text where it is text and in base 64 where it is not.</summary>
    /// <returns>One of the two, and whether something is missing from it.</returns>
    public (string? Text, string? Base64, bool Cut) Keep()
    {
        var kept = read.AsSpan(0, Math.Min(read.Length, KeptBytes));
        var cut = !complete || kept.Length < read.Length;
        var text = Decode(kept, !cut);
        if (text.AsSpan().ContainsAny(Binary))
        {
            return (null, Convert.ToBase64String(kept), cut);
        }

        while (JsonEncodedText.Encode(text).EncodedUtf8Bytes.Length > MostJsonCharacters)
        {
            text = text[..(text.Length / 2)];
            cut = true;
        }

        return (text, null, cut);
    }

    // Control characters that no text has; the database's JSON cannot hold the first of them.
    private static readonly SearchValues<char> Binary =
        SearchValues.Create([.. Enumerable.Range(0, 32).Select(code => (char)code).Except(['\t', '\n', '\r', '\f', '\e'])]);

    /// <summary>Text by the charset the server named, UTF-8 where it named none; a character cut in two at the end is dropped.</summary>
    private string Decode(ReadOnlySpan<byte> bytes, bool whole)
    {
        var decoder = Charset().GetDecoder();
        var characters = new char[decoder.GetCharCount(bytes, whole)];
        return new string(characters, 0, decoder.GetChars(bytes, characters, whole));
    }

    private Encoding Charset()
    {
        try
        {
            return charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'));
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
