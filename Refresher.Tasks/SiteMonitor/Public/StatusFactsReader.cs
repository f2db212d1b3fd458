using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>Reads what is public: a handful of statements, however many visitors there are.</summary>
internal sealed class StatusFactsReader(RefresherDb db, UptimeQueries uptime, MaintenanceQueries maintenance, TimeProvider clock)
{
    /// <summary>Days of the bars.</summary>
    public const int Days = 90;

    /// <summary>How long an incident that is over stays on the page; older ones are on the pages of their months.</summary>
    public static readonly TimeSpan Recent = TimeSpan.FromDays(14);

    /// <summary>Incidents of a page or of a month, and lines of all of them.</summary>
    private const int MostIncidents = 100;
    private const int MostLines = 2000;

    /// <param name="history">What was counted, if it was read a short while ago for the same sites; null: it is read too.</param>
    public async Task<StatusFacts> ReadAsync(IReadOnlyDictionary<Guid, SiteHistory>? history, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var page = await db.Set<StatusPage>().AsNoTracking().SingleOrDefaultAsync(p => p.Slug == StatusPage.Main, cancel) ?? StatusPage.Unset();
        var sites = await SitesAsync(cancel);
        var ids = sites.Select(site => site.Item.SiteId).ToArray();
        if (ids.Length == 0)
        {
            return new StatusFacts(page, [], [], [], now);
        }

        var known = history is not null && ids.All(history.ContainsKey) ? history : await HistoryAsync(ids, now, cancel);
        var since = now - Recent;
        var incidents = await IncidentsAsync(db.Set<Incident>().Where(i => ids.Contains(i.SiteId) && (i.ClosedAt == null || i.OpenedAt >= since)), cancel);
        return new StatusFacts(page, [.. sites.Select(site => site with { History = known[site.Item.SiteId] })], incidents, await maintenance.CurrentAsync(now, cancel), now);
    }

    /// <summary>The incidents that began in a month, the latest first.</summary>
    public async Task<IReadOnlyList<IncidentFacts>> MonthAsync(IReadOnlyCollection<Guid> sites, DateOnly month, CancellationToken cancel)
    {
        var from = new DateTimeOffset(month, TimeOnly.MinValue, TimeSpan.Zero);
        var to = from.AddMonths(1);
        return await IncidentsAsync(db.Set<Incident>().Where(i => sites.Contains(i.SiteId) && i.OpenedAt >= from && i.OpenedAt < to), cancel);
    }

    private async Task<List<SiteFacts>> SitesAsync(CancellationToken cancel)
    {
        var query =
            from item in db.Set<StatusItem>().AsNoTracking()
            join site in db.Set<Site>() on item.SiteId equals site.Id
            join state in db.Set<SiteState>() on item.SiteId equals state.SiteId
            where item.PageSlug == StatusPage.Main
            orderby item.Order, item.Slug
            select new { item, site.Group, site.Tags, site.CreatedAt, state.Verdict, state.Since, state.BlindSince, state.PausedAt, state.StaleAt, state.LastCheckedAt, state.LastFault };
        var read = await query.Take(StatusPage.MostItems).ToListAsync(cancel);
        return [.. read.Select(row => new SiteFacts(
            row.item,
            new SiteState
            {
                SiteId = row.item.SiteId, Verdict = row.Verdict, Since = row.Since, BlindSince = row.BlindSince, PausedAt = row.PausedAt, StaleAt = row.StaleAt,
                LastCheckedAt = row.LastCheckedAt, LastFault = row.LastFault,
            },
            row.Group,
            row.Tags,
            row.CreatedAt,
            SiteHistory.None))];
    }

    private async Task<IReadOnlyList<IncidentFacts>> IncidentsAsync(IQueryable<Incident> which, CancellationToken cancel)
    {
        var incidents = await which.AsNoTracking().OrderByDescending(i => i.ClosedAt == null).ThenByDescending(i => i.Id).Take(MostIncidents)
            .Select(i => new { i.Id, i.SiteId, i.OpenedAt, i.ClosedAt, i.Fault, i.LastFault }).ToListAsync(cancel);
        var ids = incidents.Select(i => i.Id).ToArray();
        var lines = ids.Length == 0 ? [] : await db.Set<IncidentUpdate>().AsNoTracking()
            .Where(u => ids.Contains(u.IncidentId) && (u.IsPublic || u.Kind != IncidentUpdateKind.Note))
            .OrderByDescending(u => u.Id).Take(MostLines)
            .Select(u => new { u.IncidentId, u.At, u.Kind, Text = u.Kind == IncidentUpdateKind.Note ? u.Text : null }).ToListAsync(cancel);
        var byIncident = lines.ToLookup(line => line.IncidentId, line => new IncidentLine(line.At, line.Kind, line.Text));
        return [.. incidents.OrderByDescending(i => i.OpenedAt).Select(i => new IncidentFacts(i.SiteId, i.OpenedAt, i.ClosedAt, i.Fault, i.LastFault, [.. byIncident[i.Id].OrderBy(line => line.At)]))];
    }

    private async Task<IReadOnlyDictionary<Guid, SiteHistory>> HistoryAsync(IReadOnlyCollection<Guid> sites, DateTimeOffset now, CancellationToken cancel)
    {
        var windows = new Dictionary<UptimeWindow, IReadOnlyDictionary<Guid, SiteFigures>>();
        foreach (var window in Enum.GetValues<UptimeWindow>())
        {
            windows[window] = await uptime.OfAsync(sites, window, cancel);
        }

        var days = (await uptime.SeriesAsync(sites, RollupStep.Day, now.AddDays(1 - Days), now.AddSeconds(1), cancel)).ToLookup(figures => figures.SiteId);
        var hours = (await uptime.SeriesAsync(sites, RollupStep.Hour, now.AddHours(-23), now.AddSeconds(1), cancel)).ToLookup(figures => figures.SiteId);
        return sites.ToDictionary(site => site, site => new SiteHistory(
            windows.Where(window => window.Value.ContainsKey(site)).ToDictionary(window => window.Key, window => window.Value[site]), [.. days[site]], [.. hours[site]]));
    }
}
