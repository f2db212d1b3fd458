using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>A site on the status page, beside the site itself: for the admin only.</summary>
public sealed record PublishedSite(StatusItem Item, string SiteKey, string SiteName);

/// <summary>Reads of what is public, shared by pages and end points.</summary>
public sealed class StatusPageQueries(RefresherDb db)
{
    /// <summary>The page without its items; as it is unset when nobody has set it.</summary>
    public async Task<StatusPage> PageAsync(CancellationToken cancel) =>
        await db.Set<StatusPage>().AsNoTracking().SingleOrDefaultAsync(p => p.Slug == StatusPage.Main, cancel) ?? StatusPage.Unset();

    /// <summary>What is on it, in its order.</summary>
    public Task<List<PublishedSite>> ItemsAsync(CancellationToken cancel) => (
        from item in db.Set<StatusItem>().AsNoTracking()
        join site in db.Set<Site>() on item.SiteId equals site.Id
        where item.PageSlug == StatusPage.Main
        orderby item.Order, item.Slug
        select new PublishedSite(item, site.Key, site.Name)).ToListAsync(cancel);

    public Task<PublishedSite?> FindAsync(Guid siteId, CancellationToken cancel) => (
        from item in db.Set<StatusItem>().AsNoTracking()
        join site in db.Set<Site>() on item.SiteId equals site.Id
        where item.PageSlug == StatusPage.Main && item.SiteId == siteId
        select new PublishedSite(item, site.Key, site.Name)).SingleOrDefaultAsync(cancel);

    /// <summary>The paths of the badges that visitors get of a site, in Web and in the Api.</summary>
    public static IReadOnlyList<string> BadgesOf(StatusItem item) => !item.Badges ? []
        : [.. Enum.GetValues<BadgeKind>().Where(kind => kind != BadgeKind.Response || item.ShowResponse).Select(kind => $"/badge/{item.Slug}/{Words<BadgeKind>.Of(kind)}.svg")];

    /// <summary>Id, key and name of the sites that are not on it, by key; at most 1,000.</summary>
    public async Task<IReadOnlyList<(Guid Id, string Key, string Name)>> OthersAsync(CancellationToken cancel)
    {
        var others = await db.Set<Site>().AsNoTracking()
            .Where(s => !db.Set<StatusItem>().Any(i => i.SiteId == s.Id && i.PageSlug == StatusPage.Main))
            .OrderBy(s => s.Key).Take(1000).Select(s => new { s.Id, s.Key, s.Name }).ToListAsync(cancel);
        return [.. others.Select(s => (s.Id, s.Key, s.Name))];
    }
}
