using System.Globalization;
using System.Text;
using Refresher.Tasks.SiteMonitor.History;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>What a badge tells of a site.</summary>
public enum BadgeKind
{
    Status,
    Uptime,
    Response,
}

/// <summary>A badge: two boxes of text as SVG, which says of itself when it was made and when the site was last checked. No script, no style, no font but the viewer's.</summary>
internal static class Badge
{
    private const string Green = "#2f8132";
    private const string Amber = "#a15c00";
    private const string Red = "#c0281f";
    private const string Blue = "#1d65b0";
    private const string Grey = "#6a6f76";

    private const int Pad = 6;

    /// <summary>The badge of a public site.</summary>
    /// <param name="window">The time that uptime is told of.</param>
    public static string Of(SiteView site, BadgeKind kind, UptimeWindow window, DateTimeOffset now)
    {
        var (value, colour) = kind switch
        {
            _ when site.Status == VisitorStatus.Unknown => (Unknown(site, now), Grey),
            BadgeKind.Uptime => (PublicText.Percent(site.Uptime[window]), OfUptime(site.Uptime[window])),
            BadgeKind.Response => (PublicText.Milliseconds(site.ResponseMs), site.ResponseMs is null ? Grey : Blue),
            _ => (PublicText.Of(site.Status), OfStatus(site.Status)),
        };
        var label = kind switch
        {
            BadgeKind.Uptime => $"{site.Name} uptime {Words(window)}",
            BadgeKind.Response => $"{site.Name} response 24 h",
            _ => site.Name,
        };
        return Draw(label, value, colour, $"{(site.CheckedAt is { } at ? $"last checked {PublicText.Utc(at)}" : "never checked")}; made {PublicText.Utc(now)}");
    }

    /// <summary>The badge of everything that is not public, whether there is such a site or not.</summary>
    public static string NotPublic { get; } = Draw("badge", "not found", Grey, "there is no such badge");

    /// <summary>While the database has not been read since the start.</summary>
    public static string NotKnown { get; } = Draw("status", "unknown", Grey, "nothing could be read yet");

    public static string Words(UptimeWindow window) => window switch { UptimeWindow.Day => "24 h", UptimeWindow.Week => "7 d", UptimeWindow.Month => "30 d", _ => "90 d" };

    /// <summary>With a date once it is not today.</summary>
    private static string Unknown(SiteView site, DateTimeOffset now) =>
        "unknown since " + site.Since.UtcDateTime.ToString(site.Since.UtcDateTime.Date == now.UtcDateTime.Date ? "HH:mm 'UTC'" : "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string OfStatus(VisitorStatus status) => status switch
    {
        VisitorStatus.Up => Green,
        VisitorStatus.Degraded => Amber,
        VisitorStatus.Down => Red,
        VisitorStatus.Maintenance => Blue,
        _ => Grey,
    };

    private static string OfUptime(double? uptime) => uptime switch { null => Grey, >= 0.99 => Green, >= 0.95 => Amber, _ => Red };

    private static string Draw(string label, string value, string colour, string about)
    {
        var (left, right) = (Width(label) + (2 * Pad), Width(value) + (2 * Pad));
        var (all, name) = (left + right, Escape(label));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg xmlns="http://www.w3.org/2000/svg" width="{all}" height="20" viewBox="0 0 {all} 20" role="img" aria-label="{name}: {Escape(value)}">
            <title>{name}: {Escape(value)} ({Escape(about)})</title>
            <rect width="{all}" height="20" rx="3" fill="{colour}"/>
            <path d="M3 0h{left - 3}v20h-{left - 3}a3 3 0 0 1-3-3v-14a3 3 0 0 1 3-3z" fill="#3d434b"/>
            <g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">
            <text x="{Pad}" y="14" textLength="{left - (2 * Pad)}" lengthAdjust="spacingAndGlyphs">{name}</text>
            <text x="{left + Pad}" y="14" textLength="{right - (2 * Pad)}" lengthAdjust="spacingAndGlyphs">{Escape(value)}</text>
            </g>
            </svg>

            """);
    }

    /// <summary>Roughly what Verdana at 11 px needs; <c>textLength</c> makes every font fit.</summary>
    private static int Width(string text)
    {
        var width = 0.0;
        foreach (var rune in text.EnumerateRunes())
        {
            width += rune.Value switch
            {
                ' ' or 'i' or 'j' or 'l' or 'I' or '.' or ',' or ':' or ';' or '\'' or '!' or '|' => 3.9,
                'f' or 'r' or 't' or '(' or ')' or '-' or '/' => 4.7,
                'm' or 'w' or 'M' or 'W' or '%' or '@' => 10.5,
                >= 'A' and <= 'Z' => 7.7,
                < 0x250 => 6.8,
                _ => 11,
            };
        }

        return (int)Math.Ceiling(width);
    }

    /// <summary>As text of XML; what XML may not have at all is left out.</summary>
    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            escaped.Append(rune.Value switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                < ' ' or 0xFFFE or 0xFFFF or (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) => "",
                _ => rune.ToString(),
            });
        }

        return escaped.ToString();
    }
}
