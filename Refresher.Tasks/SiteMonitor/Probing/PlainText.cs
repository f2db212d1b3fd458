using System.Globalization;
using System.Text;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>What servers sent, made fit to be stored and shown; and figures as people say them.</summary>
internal static class PlainText
{
    /// <summary>Bytes of a failing answer's body that are kept.</summary>
    public const int KeptBytes = 4096;

    /// <summary>Cleaned and cut to <paramref name="most"/> characters, ending a cut text with an ellipsis.</summary>
    public static string Cut(string text, int most) => Clean(text.Length <= most ? text : string.Concat(text.AsSpan(0, most - 1), "…"), KeptBytes);

    /// <summary>
    /// Without control characters (each becomes its picture, U+2400 and on), direction marks and halves of characters; line ends and tabs stay.
    /// At most <paramref name="mostBytes"/> bytes of UTF-8.
    /// </summary>
    public static string Clean(ReadOnlySpan<char> text, int mostBytes)
    {
        var clean = new StringBuilder(Math.Min(text.Length, mostBytes));
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var safe = Safe(rune);
            bytes += safe.Utf8SequenceLength;
            if (bytes > mostBytes)
            {
                break;
            }

            clean.Append(safe.ToString());
        }

        return clean.ToString();
    }

    /// <summary>The beginning of what should have been text, for an error: at most 40 characters in quotes.</summary>
    public static string Quote(ReadOnlySpan<byte> bytes)
    {
        var text = Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, 160)]);
        return $"\"{Cut(text.ReplaceLineEndings("⏎"), 40)}\"";
    }

    /// <summary><c>10 s</c>, <c>1.5 s</c>, <c>500 ms</c>.</summary>
    public static string Of(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.#} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    /// <summary>With thousands apart: <c>4,000</c>.</summary>
    public static string Of(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    private static Rune Safe(Rune rune) => rune.Value switch
    {
        '\t' or '\n' or '\r' => rune,
        < 0x20 => new Rune(0x2400 + rune.Value),
        0x7F => new Rune(0x2421),
        (>= 0x80 and < 0xA0) or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => Rune.ReplacementChar,
        _ => rune,
    };
}
