using System.Globalization;
using System.Text;

namespace Refresher.Tasks.SpeedTest.Measuring;

/// <summary>What the head of an HTTP/1.1 response says about its body (RFC 9112, 4 and 6.3).</summary>
/// <param name="Length">Bytes of the body; null when it is chunked or ends with the connection.</param>
/// <param name="Busy">Set when the status is 429: the seconds of <c>Retry-After</c> (RFC 9110, 10.2.3), zero where it does not say.</param>
internal sealed record ResponseHead(int Status, string? ContentType, long? Length, bool Chunked, bool Close, TimeSpan? Busy = null)
{
    private const int TooManyRequests = 429;

    public bool IsPage => ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;

    /// <param name="bytes">Up to and with the empty line.</param>
    /// <exception cref="SpeedServerException">Not HTTP/1.x.</exception>
    public static ResponseHead Parse(ReadOnlySpan<byte> bytes)
    {
        var lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        var words = lines[0].Split(' ');
        if (words.Length < 2 || !words[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var status))
        {
            throw new SpeedServerException("The server does not answer in HTTP/1.1.");
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in lines[1..])
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        var chunked = headers.GetValueOrDefault("Transfer-Encoding")?.Contains("chunked", StringComparison.OrdinalIgnoreCase) == true;
        var length = long.TryParse(headers.GetValueOrDefault("Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out var stated) ? stated : (long?)null;
        var close = words[0] == "HTTP/1.0" || string.Equals(headers.GetValueOrDefault("Connection"), "close", StringComparison.OrdinalIgnoreCase);
        return new ResponseHead(status, headers.GetValueOrDefault("Content-Type"), status is 204 or 304 ? 0 : chunked ? null : length, chunked, close, status == TooManyRequests ? Seconds(headers.GetValueOrDefault("Retry-After")) : null);
    }

    private static TimeSpan Seconds(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
