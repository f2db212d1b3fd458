using System.Buffers.Text;
using System.Text;

namespace Refresher.Tasks.SiteMonitor.Probing.Http;

/// <summary>What the head of an answer says, as far as a check needs it.</summary>
internal sealed class HttpHead
{
    private const int MostReason = 80;

    public int Status { get; set; }

    /// <summary>What the server calls the status; empty when it says nothing.</summary>
    public string Reason { get; set; } = "";

    /// <summary>Bytes of the body as sent; null when it is chunked or ends with the connection.</summary>
    public long? Length { get; set; }

    public bool Chunked { get; set; }

    /// <summary>Where a redirect leads; kept for redirects only.</summary>
    public string? Location { get; set; }

    /// <summary>Null: not said.</summary>
    public string? Charset { get; set; }

    /// <summary>How the body is compressed: <c>gzip</c>, <c>deflate</c>, <c>br</c>; null: not at all.</summary>
    public string? Coding { get; set; }

    /// <summary>Whether <see cref="Location"/> is to be followed.</summary>
    public bool IsRedirect => Status is 301 or 302 or 303 or 307 or 308 && Location is not null;

    /// <summary>Reads a head of HTTP/1.x (RFC 9112, 4 and 5). Lines may end with a lone line feed, as 2.2 allows.</summary>
    /// <param name="bytes">From the status line to the last header's line end.</param>
    /// <exception cref="CheckFailedException">It is none.</exception>
    public static HttpHead Parse(ReadOnlySpan<byte> bytes)
    {
        var line = NextLine(ref bytes);
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8) || line[8] != ' ' || !Utf8Parser.TryParse(line.Slice(9, 3), out int status, out var digits) || digits != 3
            || status < 100 || (line.Length > 12 && line[12] != ' '))
        {
            throw new CheckFailedException(CheckFault.Protocol, $"the answer is not HTTP: it begins with {PlainText.Quote(line)}");
        }

        var head = new HttpHead { Status = status, Reason = line.Length > 13 ? ReasonOf(line[13..]) : "" };
        while (bytes.Length > 0)
        {
            line = NextLine(ref bytes);
            var colon = line.IndexOf((byte)':');
            if (colon <= 0)
            {
                throw new CheckFailedException(CheckFault.Protocol, $"a header of the answer is none: {PlainText.Quote(line)}");
            }

            head.Take(line[..colon], Trim(line[(colon + 1)..]));
        }

        return head;
    }

    /// <summary>Takes what a header says.</summary>
    /// <param name="name">In any case.</param>
    public void Take(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        switch (name.Length)
        {
            case 8 when Is(name, "location"u8) && Status is >= 300 and < 400:
                Location = Encoding.UTF8.GetString(value);
                break;
            case 12 when Is(name, "content-type"u8):
                Charset = CharsetOf(value);
                break;
            case 14 when Is(name, "content-length"u8):
                TakeLength(value);
                break;
            case 16 when Is(name, "content-encoding"u8) && value.Length > 0 && !Is(value, "identity"u8):
                TakeCoding(value);
                break;
            case 17 when Is(name, "transfer-encoding"u8):
                Chunked = Is(value, "chunked"u8) ? true : throw new CheckFailedException(CheckFault.Protocol, $"the answer is sent in an unknown way: Transfer-Encoding: {PlainText.Quote(value)}");
                break;
        }
    }

    private void TakeLength(ReadOnlySpan<byte> value)
    {
        if (!Utf8Parser.TryParse(value, out long length, out var digits) || digits != value.Length || length < 0 || (Length is { } said && said != length))
        {
            throw new CheckFailedException(CheckFault.Protocol, $"the answer has no valid length: Content-Length: {PlainText.Quote(value)}");
        }

        Length = length;
    }

    private void TakeCoding(ReadOnlySpan<byte> value) => Coding =
        Coding is not null ? throw new CheckFailedException(CheckFault.Protocol, "the answer is compressed more than once")
        : Is(value, "gzip"u8) || Is(value, "x-gzip"u8) ? "gzip"
        : Is(value, "deflate"u8) ? "deflate"
        : Is(value, "br"u8) ? "br"
        : throw new CheckFailedException(CheckFault.Protocol, $"the answer is compressed in an unknown way: Content-Encoding: {PlainText.Quote(value)}");

    private static bool Is(ReadOnlySpan<byte> text, ReadOnlySpan<byte> lower) => Ascii.EqualsIgnoreCase(text, lower);

    // Most say "OK"; nothing is made anew for them.
    private static string ReasonOf(ReadOnlySpan<byte> bytes) => bytes.SequenceEqual("OK"u8) ? "OK" : PlainText.Cut(Encoding.Latin1.GetString(bytes), MostReason);

    private static string? CharsetOf(ReadOnlySpan<byte> value)
    {
        var semicolon = value.IndexOf((byte)';');
        if (semicolon < 0)
        {
            return null;
        }

        var parameters = Encoding.Latin1.GetString(value[semicolon..]);
        var at = parameters.IndexOf("charset=", StringComparison.OrdinalIgnoreCase);
        return at < 0 ? null : parameters[(at + 8)..].Split(';')[0].Trim(' ', '\t', '"', '\'');
    }

    private static ReadOnlySpan<byte> NextLine(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var line = end < 0 ? bytes : bytes[..end];
        bytes = end < 0 ? [] : bytes[(end + 1)..];
        return line is [.., (byte)'\r'] ? line[..^1] : line;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => value.Trim(" \t"u8);
}
