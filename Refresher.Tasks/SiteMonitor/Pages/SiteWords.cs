using System.Globalization;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>What the pages call things: states, faults, parts, times.</summary>
public static class SiteWords
{
    /// <summary>The name of an icon.</summary>
    public static string IconOf(SiteStatus status) => status switch
    {
        SiteStatus.Up => "circle-check",
        SiteStatus.Degraded => "alert-triangle",
        SiteStatus.Down => "circle-x",
        SiteStatus.Unknown => "help-circle",
        SiteStatus.Paused => "player-pause",
        _ => "circle-dashed",
    };

    public static string Of(SiteStatus status) => status switch { SiteStatus.Degraded => "Slow", SiteStatus.Pending => "Not seen yet", _ => status.ToString() };

    /// <summary>The state that one check speaks for.</summary>
    public static SiteStatus StatusOf(CheckStatus status) => status switch
    {
        CheckStatus.Up => SiteStatus.Up,
        CheckStatus.Degraded => SiteStatus.Degraded,
        CheckStatus.Down => SiteStatus.Down,
        _ => SiteStatus.Unknown,
    };

    public static string Of(CheckFault fault) => fault switch
    {
        CheckFault.Dns => "name not resolved, or not as expected",
        CheckFault.Refused => "connection refused",
        CheckFault.Unreachable => "not reachable",
        CheckFault.Reset => "connection reset",
        CheckFault.Timeout => "no answer in time",
        CheckFault.Tls => "TLS or certificate",
        CheckFault.Status => "status code",
        CheckFault.Content => "content",
        CheckFault.TooLarge => "answer too large",
        CheckFault.Redirects => "too many redirects",
        CheckFault.Protocol => "not a proper answer",
        CheckFault.Forbidden => "address not allowed",
        CheckFault.Slow => "slow",
        CheckFault.Offline => "we were offline",
        _ => "the check itself failed",
    };

    /// <summary><c>99.95 %</c>, never rounded up to 100; a dash when nothing counts.</summary>
    public static string Percent(double? part) => part switch
    {
        null => "–",
        1 => "100\u00A0%",
        { } some => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(some * 10_000) / 100:0.##}\u00A0%"),
    };

    /// <summary><c>340 ms</c>; a dash for what did not happen.</summary>
    public static string Milliseconds(double? ms) => ms == 0 ? "0" : ms is { } some ? Ui.Instants.Words(TimeSpan.FromMilliseconds(some)) : "–";

    /// <summary>The class of a bar: what the checks of an hour or a day come to.</summary>
    public static string ClassOf(SiteFigures? figures) => figures switch
    {
        null or { Checks: 0 } => "none",
        { Down: > 0, Uptime: < 0.95 } => "down",
        { Down: > 0 } => "partly",
        { Degraded: > 0 } when figures.Degraded * 2 > figures.Answered => "slow",
        { Answered: > 0 } => "up",
        { Maintenance: > 0 } => "maintenance",
        _ => "unknown",
    };

    public static string Of(SiteFigures? figures)
    {
        if (figures is null or { Checks: 0 })
        {
            return "not checked";
        }

        var parts = new[] { (figures.Down, "failed"), (figures.Degraded, "slow"), (figures.Unknown, "unknown"), (figures.Maintenance, "in maintenance") }
            .Where(part => part.Item1 > 0).Select(part => $"{part.Item1} {part.Item2}");
        return string.Join(", ", parts.Prepend($"{Percent(figures.Uptime)} of {figures.Checks} checks"));
    }

    public static string Of(SiteKind kind) => Words<SiteKind>.Of(kind).ToUpperInvariant();

    /// <summary>Whole days, rounded down; negative once it is over.</summary>
    public static int DaysLeft(DateTimeOffset expiresAt, DateTimeOffset now) => (int)Math.Floor((expiresAt - now).TotalDays);
}
