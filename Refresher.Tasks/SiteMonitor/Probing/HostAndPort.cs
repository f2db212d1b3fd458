using System.Globalization;
using System.Net;

namespace Refresher.Tasks.SiteMonitor.Probing;

/// <summary>A name or address and a port, as people write it: <c>example.com:443</c>, <c>[::1]:53</c>.</summary>
internal readonly record struct HostAndPort(string Host, int Port)
{
    /// <param name="otherwise">The port when none is written; null: it has to be.</param>
    public static bool TryParse(string text, int? otherwise, out HostAndPort parsed)
    {
        parsed = default;
        var colon = text.LastIndexOf(':');
        var bare = colon < 0 || text.EndsWith(']') || (text[0] != '[' && IPAddress.TryParse(text, out _));
        if (bare && otherwise is null)
        {
            return false;
        }

        var host = (bare ? text : text[..colon]).Trim();
        var port = otherwise ?? 0;
        if (!bare && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            return false;
        }

        var isBracketed = host is ['[', .., ']'];
        host = isBracketed ? host[1..^1] : host;
        parsed = new HostAndPort(host, port);
        return Uri.CheckHostName(host) is var kind && (isBracketed || (!bare && kind == UriHostNameType.IPv6) ? isBracketed && kind == UriHostNameType.IPv6 : kind != UriHostNameType.Unknown);
    }

    /// <exception cref="FormatException">It is not written like that.</exception>
    public static HostAndPort Parse(string text, int? otherwise = null) =>
        TryParse(text, otherwise, out var parsed) ? parsed : throw new FormatException($"'{text}' is not like host:port.");
}
