using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Data;

namespace Refresher.Tasks.SiteMonitor.Sites;

/// <summary>Which sites a list shows. Null members do not filter.</summary>
public sealed record SiteFilter
{
    /// <summary>A part of the key, the name, the description or the target, in any case.</summary>
    public string? Search { get; init; }

    public string? Tag { get; init; }

    public string? Group { get; init; }

    /// <summary>How it stands now.</summary>
    public SiteStatus? Status { get; init; }
}

/// <summary>Where a list by group goes on.</summary>
public readonly record struct SiteCursor(string Group, string Key)
{
    /// <summary>No key has it.</summary>
    private const char Separator = '~';

    /// <returns>Null for what no page gave.</returns>
    public static SiteCursor? Parse(string? text) =>
        text is not null && text.Length < 400 && text.LastIndexOf(Separator) is >= 0 and var at && !text.Contains('\0', StringComparison.Ordinal) ? new(text[..at], text[(at + 1)..]) : null;

    public override string ToString() => $"{Group}{Separator}{Key}";
}

/// <summary>Reads of sites, shared by pages and end points. Lists go by key.</summary>
public sealed class SiteQueries(RefresherDb db, TimeProvider clock)
{
    /// <param name="after">The last key of the page before; null for the first page.</param>
    public async Task<Page<Site>> ListAsync(SiteFilter filter, string? after, int limit, CancellationToken cancel)
    {
        var sites = Filtered(filter);
        sites = after is null ? sites : sites.Where(s => string.Compare(s.Key, after) > 0);
        var read = await sites.Include(s => s.State).OrderBy(s => s.Key).Take(limit + 1).ToListAsync(cancel);
        return Page<Site>.Of(read, limit, site => site.Key);
    }

    /// <summary>The same by group, those without one first, and by key within it.</summary>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    public async Task<Page<Site>> ListByGroupAsync(SiteFilter filter, SiteCursor? after, int limit, CancellationToken cancel)
    {
        var sites = Filtered(filter);
        if (after is { } last)
        {
            sites = sites.Where(s => EF.Functions.GreaterThan(ValueTuple.Create(s.Group, s.Key), ValueTuple.Create(last.Group, last.Key)));
        }

        var read = await sites.Include(s => s.State).OrderBy(s => s.Group).ThenBy(s => s.Key).Take(limit + 1).ToListAsync(cancel);
        return Page<Site>.Of(read, limit, site => new SiteCursor(site.Group, site.Key).ToString());
    }

    public Task<int> CountAsync(SiteFilter filter, CancellationToken cancel) => Filtered(filter).CountAsync(cancel);

    public Task<Site?> FindAsync(Guid id, CancellationToken cancel) =>
        db.Set<Site>().AsNoTracking().Include(s => s.State).SingleOrDefaultAsync(s => s.Id == id, cancel);

    /// <param name="idOrKey">The id or, where that finds nothing, the key.</param>
    public async Task<Site?> FindAsync(string idOrKey, CancellationToken cancel) =>
        (Guid.TryParse(idOrKey, out var id) ? await FindAsync(id, cancel) : null)
        ?? await db.Set<Site>().AsNoTracking().Include(s => s.State).SingleOrDefaultAsync(s => s.Key == idOrKey, cancel);

    /// <summary>Some sites with how they stand, in no order.</summary>
    public Task<List<Site>> OfAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel) =>
        db.Set<Site>().AsNoTracking().Include(s => s.State).Where(s => ids.Contains(s.Id)).ToListAsync(cancel);

    /// <summary>How many sites stand how, in one pass over their states; how none stands is left out.</summary>
    public async Task<IReadOnlyDictionary<SiteStatus, int>> CountsAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var counts = await db.Set<SiteState>()
            .GroupBy(s => s.PausedAt != null ? SiteStatus.Paused
                : s.StaleAt <= now || s.BlindSince != null ? SiteStatus.Unknown
                : s.Verdict == Verdict.Up ? SiteStatus.Up
                : s.Verdict == Verdict.Degraded ? SiteStatus.Degraded
                : s.Verdict == Verdict.Down ? SiteStatus.Down
                : SiteStatus.Pending)
            .Select(group => new { Status = group.Key, Count = group.Count() }).ToListAsync(cancel);
        return counts.ToDictionary(pair => pair.Status, pair => pair.Count);
    }

    /// <summary>When the first certificate expires of the sites that are checked; null when none has shown one.</summary>
    public Task<DateTimeOffset?> FirstExpiryAsync(CancellationToken cancel) => db.Set<SiteState>().Where(s => s.PausedAt == null).MinAsync(s => s.CertificateExpiresAt, cancel);

    /// <summary>Every tag in use.</summary>
    public Task<List<string>> TagsAsync(CancellationToken cancel) =>
        db.Database.SqlQuery<string>($"SELECT DISTINCT unnest(tags) AS \"Value\" FROM sites ORDER BY 1").ToListAsync(cancel);

    /// <summary>Every group in use.</summary>
    public Task<List<string>> GroupsAsync(CancellationToken cancel) =>
        db.Set<Site>().Where(s => s.Group != "").Select(s => s.Group).Distinct().OrderBy(g => g).ToListAsync(cancel);

    private IQueryable<Site> Filtered(SiteFilter filter)
    {
        var sites = db.Set<Site>().AsNoTracking();
        if (filter.Search is { Length: > 0 } search)
        {
            var pattern = LikePattern.Containing(search);
            var ids = db.Database.SqlQuery<Guid>($"SELECT id AS \"Value\" FROM sites WHERE key ILIKE {pattern} OR name ILIKE {pattern} OR description ILIKE {pattern} OR spec ->> 'target' ILIKE {pattern}");
            sites = sites.Where(s => ids.Contains(s.Id));
        }

        sites = filter.Tag is { } tag ? sites.Where(s => s.Tags.Contains(tag)) : sites;
        sites = filter.Group is { } group ? sites.Where(s => s.Group == group) : sites;
        return filter.Status is { } status ? Standing(sites, status, clock.GetUtcNow()) : sites;
    }

    /// <summary><see cref="SiteStanding.Of(SiteState, DateTimeOffset)"/> as the database says it.</summary>
    private static IQueryable<Site> Standing(IQueryable<Site> sites, SiteStatus status, DateTimeOffset now) => status switch
    {
        SiteStatus.Paused => sites.Where(s => s.State!.PausedAt != null),
        SiteStatus.Unknown => sites.Where(s => s.State!.PausedAt == null && (s.State.StaleAt <= now || s.State.BlindSince != null)),
        _ => Seen(sites, VerdictOf(status), now),
    };

    private static IQueryable<Site> Seen(IQueryable<Site> sites, Verdict verdict, DateTimeOffset now) =>
        sites.Where(s => s.State!.PausedAt == null && s.State.StaleAt > now && s.State.BlindSince == null && s.State.Verdict == verdict);

    private static Verdict VerdictOf(SiteStatus status) => status switch
    {
        SiteStatus.Up => Verdict.Up,
        SiteStatus.Degraded => Verdict.Degraded,
        SiteStatus.Down => Verdict.Down,
        _ => Verdict.Pending,
    };
}
