using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Public;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.Tests.SiteMonitor.Public;

/// <summary>Facts to make views of.</summary>
internal static class Facts
{
    public static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 30, 0, TimeSpan.Zero);

    public static StatusFacts Of(params SiteFacts[] sites) => new(StatusPage.Unset(), sites, [], [], Now);

    /// <summary>Checked ten seconds ago, every thirty.</summary>
    public static SiteFacts Site(string name = "Shop", Verdict verdict = Verdict.Up, SiteHistory? history = null, CheckFault? fault = null, bool showResponse = true)
    {
        var id = Guid.CreateVersion7();
        return new SiteFacts(
            new StatusItem { PageSlug = StatusPage.Main, SiteId = id, Slug = "shop", Name = name, ShowResponse = showResponse, Badges = true },
            new SiteState { SiteId = id, Verdict = verdict, Since = Now.AddHours(-5), LastCheckedAt = Now.AddSeconds(-10), StaleAt = Now.AddSeconds(80), LastFault = fault },
            "shops",
            ["money"],
            Now.AddDays(-40),
            history ?? SiteHistory.None);
    }

    public static SiteFigures Figures(DateTimeOffset from, long up = 0, long degraded = 0, long down = 0, long unknown = 0, long maintenance = 0, double mean = 100) => new()
    {
        SiteId = default,
        From = from,
        Up = up,
        Degraded = degraded,
        Down = down,
        Unknown = unknown,
        Maintenance = maintenance,
        Sum = mean * (up + degraded),
        Min = mean,
        Max = mean,
        Histogram = new long[SiteRollup.Bounds.Count + 1],
    };

    public static SiteHistory Uptime(long up, long down) =>
        new(Enum.GetValues<UptimeWindow>().ToDictionary(window => window, _ => Figures(Now.AddDays(-1), up: up, down: down)), [], []);

    public static MaintenanceWindow Window(DateTimeOffset from, DateTimeOffset to) => new() { Title = "New disks", Text = "It may be slow.", From = from, To = to, Groups = ["shops"] };
}
