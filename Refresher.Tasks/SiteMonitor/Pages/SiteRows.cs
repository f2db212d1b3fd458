using Refresher.Core;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>A site in the list.</summary>
/// <param name="Hours">Of the last 24 hours, the earliest first; null where nothing was checked.</param>
/// <param name="Day">Of all of them.</param>
/// <param name="Window">The maintenance it is in.</param>
public sealed record SiteRow(Site Site, SiteStanding Standing, IReadOnlyList<SiteFigures?> Hours, SiteFigures? Day, SiteFigures? Month, MaintenanceWindow? Window)
{
    public SiteState State => Site.State!;
}

/// <summary>Reads a page of the list: as many rows as it shows, whatever there is.</summary>
internal sealed class SiteRows(SiteQueries sites, UptimeQueries uptime, MaintenanceCatalog windows, TimeProvider clock)
{
    public const int Hours = 24;

    public async Task<Page<SiteRow>> ReadAsync(SiteFilter filter, SiteCursor? after, int limit, CancellationToken cancel)
    {
        var page = await sites.ListByGroupAsync(filter, after, limit, cancel);
        if (page.Items.Count == 0)
        {
            return new([], null);
        }

        var now = clock.GetUtcNow();
        var begin = UptimeQueries.Floor(now, RollupStep.Hour).AddHours(1 - Hours);
        Guid[] ids = [.. page.Items.Select(site => site.Id)];
        var hours = (await uptime.SeriesAsync(ids, RollupStep.Hour, begin, now, cancel)).ToLookup(figures => figures.SiteId);
        var days = await uptime.OfAsync(ids, UptimeWindow.Day, cancel);
        var months = await uptime.OfAsync(ids, UptimeWindow.Month, cancel);
        var open = await windows.OpenAsync(cancel);
        return new(
            [.. page.Items.Select(site => new SiteRow(
                site,
                SiteStanding.Of(site.State!, now),
                UptimeBars.Fill(hours[site.Id], begin, TimeSpan.FromHours(1), Hours),
                days.GetValueOrDefault(site.Id),
                months.GetValueOrDefault(site.Id),
                open.FirstOrDefault(window => MaintenanceRules.Covers(window, site))))],
            page.Next);
    }
}
