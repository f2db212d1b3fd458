using System.Globalization;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>Says how things stand at an instant, from facts that may be older.</summary>
internal static class StatusViewMaker
{
    /// <summary>How far ahead maintenance is announced.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromDays(14);

    /// <summary>Share of a day's checks from which it counts as down, slow, or not looked at.</summary>
    private const double Much = 0.05;

    private const int MostNotices = 20;

    public static StatusView Make(StatusFacts facts, DateTimeOffset now)
    {
        var open = Open(facts, now);
        var sites = facts.Sites.Select(site => SiteAt(site, open, now)).ToArray();
        var items = facts.Sites.ToDictionary(site => site.Item.SiteId, site => site.Item);
        var incidents = facts.Incidents.Where(incident => items.ContainsKey(incident.SiteId)).Select(incident => IncidentView.Of(incident, items[incident.SiteId])).ToArray();
        var (status, headline) = Headline([.. sites.Select(site => site.Status)]);
        return new StatusView(
            facts.Page.Title,
            facts.Page.Description,
            status,
            headline,
            [.. sites.GroupBy(site => site.Section).Select(section => new SectionView(section.Key, [.. section]))],
            [.. incidents.Where(incident => incident.ClosedAt is null)],
            [.. incidents.Where(incident => incident.ClosedAt is not null)],
            Notices(facts, now),
            now,
            facts.ReadAt,
            facts.Sites.Max(site => site.State.LastCheckedAt));
    }

    /// <summary>The windows that are open, with their time.</summary>
    public static IReadOnlyList<(MaintenanceWindow Window, MaintenanceSpan Span)> Open(StatusFacts facts, DateTimeOffset now) =>
        [.. facts.Windows.Select(window => (window, MaintenanceRules.OpenAt(window, now))).Where(one => one.Item2 is not null).Select(one => (one.window, one.Item2!.Value))];

    public static SiteView SiteAt(SiteFacts site, IReadOnlyList<(MaintenanceWindow Window, MaintenanceSpan Span)> open, DateTimeOffset now)
    {
        var (item, history) = (site.Item, site.History);
        var standing = SiteStanding.Of(site.State, now);
        MaintenanceSpan? work = open.Where(one => MaintenanceRules.Covers(one.Window, item.SiteId, site.Group, site.Tags)).Select(one => (MaintenanceSpan?)one.Span).FirstOrDefault();
        var (status, since) = standing.Status switch
        {
            SiteStatus.Unknown or SiteStatus.Pending or SiteStatus.Paused => (VisitorStatus.Unknown, standing.Since),
            _ when work is { } span => (VisitorStatus.Maintenance, span.From),
            SiteStatus.Up => (VisitorStatus.Up, standing.Since),
            SiteStatus.Degraded => (VisitorStatus.Degraded, standing.Since),
            _ => (VisitorStatus.Down, standing.Since),
        };
        return new SiteView(
            item.Slug,
            item.Name,
            item.Section,
            status,
            since,
            site.State.LastCheckedAt,
            status == VisitorStatus.Down ? PublicText.Of(site.State.LastFault) : null,
            Enum.GetValues<UptimeWindow>().ToDictionary(window => window, window => history.Uptime.GetValueOrDefault(window)?.Uptime),
            Days(site, now),
            item.ShowResponse ? Hours(history, now) : null,
            item.ShowResponse ? history.Uptime.GetValueOrDefault(UptimeWindow.Day)?.Mean : null,
            item.Badges);
    }

    /// <summary>The one sentence that says it all, and the worst of what it says.</summary>
    public static (VisitorStatus Status, string Words) Headline(IReadOnlyCollection<VisitorStatus> all)
    {
        var counts = all.CountBy(status => status).ToDictionary();
        int Of(VisitorStatus status) => counts.GetValueOrDefault(status);
        string Some(VisitorStatus status, string one, string every) => Of(status) == all.Count ? every : one;
        return all.Count == 0 ? (VisitorStatus.Unknown, "Nothing is shown here yet")
            : Of(VisitorStatus.Down) > 0 ? (VisitorStatus.Down, Some(VisitorStatus.Down, $"{Of(VisitorStatus.Down)} of {all.Count} services are down", all.Count == 1 ? "The service is down" : "All services are down"))
            : Of(VisitorStatus.Unknown) > 0 ? (VisitorStatus.Unknown, Some(VisitorStatus.Unknown, $"It is not known how {Of(VisitorStatus.Unknown)} of {all.Count} services are", "It is not known how the services are"))
            : Of(VisitorStatus.Degraded) > 0 ? (VisitorStatus.Degraded, Some(VisitorStatus.Degraded, $"{Of(VisitorStatus.Degraded)} of {all.Count} services are slow", all.Count == 1 ? "The service is slow" : "All services are slow"))
            : Of(VisitorStatus.Maintenance) > 0 ? (VisitorStatus.Maintenance, "Maintenance is under way")
            : (VisitorStatus.Up, all.Count == 1 ? "The service is up" : "All services are up");
    }

    private static List<DayView> Days(SiteFacts site, DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        var first = DateOnly.FromDateTime(site.CreatedAt.UtcDateTime);
        var known = site.History.Days.ToDictionary(figures => DateOnly.FromDateTime(figures.From.UtcDateTime));
        return [.. Enumerable.Range(0, StatusFactsReader.Days).Select(ago => today.AddDays(ago + 1 - StatusFactsReader.Days)).Select(day =>
        {
            var figures = known.GetValueOrDefault(day);
            var mark = figures is { Checks: > 0 } ? Mark(figures) : day < first ? DayMark.Before : DayMark.Unknown;
            return new DayView(day, mark, figures?.Uptime, $"{day.ToString("d MMM yyyy", CultureInfo.InvariantCulture)}: {Words(mark, figures)}");
        })];
    }

    private static DayMark Mark(SiteFigures day)
    {
        double counted = day.Answered + day.Down;
        return day.Maintenance > counted + day.Unknown ? DayMark.Maintenance
            : day.Unknown > counted + day.Maintenance ? DayMark.Unknown
            : day.Down > 0 ? day.Down >= Much * counted ? DayMark.Down : DayMark.Part
            : day.Degraded > 0 && day.Degraded >= Much * counted ? DayMark.Degraded
            : DayMark.Up;
    }

    private static string Words(DayMark mark, SiteFigures? day) => mark switch
    {
        DayMark.Before => "not watched yet",
        DayMark.Unknown when day?.Uptime is null => "not known",
        DayMark.Unknown => $"mostly not known; {PublicText.Percent(day?.Uptime)} up otherwise",
        DayMark.Maintenance when day?.Uptime is null => "maintenance",
        DayMark.Maintenance => $"maintenance; {PublicText.Percent(day?.Uptime)} up otherwise",
        DayMark.Degraded => $"slow at times; {PublicText.Percent(day?.Uptime)} up",
        DayMark.Up => $"{PublicText.Percent(day?.Uptime)} up",
        _ => $"down at times; {PublicText.Percent(day?.Uptime)} up",
    };

    private static List<HourView> Hours(SiteHistory history, DateTimeOffset now)
    {
        var last = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);
        var known = history.Hours.ToDictionary(figures => figures.From);
        return [.. Enumerable.Range(0, 24).Select(ago => last.AddHours(ago - 23)).Select(hour => known.GetValueOrDefault(hour) is { Answered: > 0 } figures ? new HourView(hour, figures.Mean, figures.Max) : new HourView(hour, null, null))];
    }

    private static List<MaintenanceNotice> Notices(StatusFacts facts, DateTimeOffset now)
    {
        var notices = new List<MaintenanceNotice>();
        foreach (var window in facts.Windows)
        {
            var meant = facts.Sites.Where(site => MaintenanceRules.Covers(window, site.Item.SiteId, site.Group, site.Tags)).Select(site => site.Item.Name).ToArray();
            if (meant.Length == 0)
            {
                continue;
            }

            var names = meant.Length == facts.Sites.Count ? [] : meant;
            if (MaintenanceRules.OpenAt(window, now) is { } open)
            {
                notices.Add(new(window.Title, window.Text, open.From, open.To, true, names));
            }
            else if (MaintenanceRules.NextAfter(window, now) is { } next && next.From - now <= Ahead)
            {
                notices.Add(new(window.Title, window.Text, next.From, next.To, false, names));
            }
        }

        return [.. notices.OrderByDescending(notice => notice.IsOpen).ThenBy(notice => notice.From).Take(MostNotices)];
    }
}
