using System.Globalization;

namespace Refresher.Core.Http;

/// <summary>A set of HTTP status codes, written as codes and ranges: <c>200-299, 404</c>.</summary>
public sealed class StatusCodeSet
{
    private readonly List<(int From, int To)> _ranges = [];

    public bool Contains(int status) => _ranges.Exists(range => range.From <= status && status <= range.To);

    public static bool TryParse(string text, out StatusCodeSet codes)
    {
        codes = new StatusCodeSet();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            var ends = part.Split('-', 2, StringSplitOptions.TrimEntries);
            if (!TryCode(ends[0], out var from) || !TryCode(ends[^1], out var to) || from > to)
            {
                return false;
            }

            codes._ranges.Add((from, to));
        }

        return true;
    }

    private static bool TryCode(string text, out int code) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out code) && code is >= 100 and <= 599;
}
