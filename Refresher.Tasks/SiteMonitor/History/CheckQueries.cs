using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Probing;

namespace Refresher.Tasks.SiteMonitor.History;

/// <summary>Which checks of a site a list shows. Null members do not filter.</summary>
public sealed record CheckFilter
{
    public CheckStatus? Status { get; init; }

    /// <summary>Made at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Made before this.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Where a list of checks goes on.</summary>
public readonly record struct CheckCursor(DateTimeOffset CheckedAt, Guid Id)
{
    public static CheckCursor? Parse(string text)
    {
        var parts = text.Split('-');
        return parts.Length == 2 && long.TryParse(parts[0], out var micros) && micros is > 0 and < 253_402_300_799_000_000 && Guid.TryParseExact(parts[1], "N", out var id)
            ? new(DateTimeOffset.UnixEpoch.AddTicks(micros * TimeSpan.TicksPerMicrosecond), id)
            : null;
    }

    public override string ToString() => $"{(CheckedAt - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond}-{Id:N}";
}

/// <summary>Reads of single checks, shared by pages and end points. The latest comes first.</summary>
public sealed class CheckQueries(RefresherDb db)
{
    public async Task<Page<SiteCheck>> ListAsync(Guid site, CheckFilter filter, CheckCursor? after, int limit, CancellationToken cancel)
    {
        var checks = db.Set<SiteCheck>().AsNoTracking().Where(c => c.SiteId == site);
        checks = filter.Status is { } status ? checks.Where(c => c.Status == status) : checks;
        checks = filter.From is { } from ? checks.Where(c => c.CheckedAt >= from) : checks;
        checks = filter.To is { } to ? checks.Where(c => c.CheckedAt < to) : checks;
        if (after is { } last)
        {
            // The first condition is what an index serves and partitions are left out by.
            checks = checks.Where(c => c.CheckedAt <= last.CheckedAt && (c.CheckedAt < last.CheckedAt || c.Id < last.Id));
        }

        var read = await checks.OrderByDescending(c => c.CheckedAt).ThenByDescending(c => c.Id).Take(limit + 1).ToListAsync(cancel);
        return Page<SiteCheck>.Of(read, limit, check => new CheckCursor(check.CheckedAt, check.Id).ToString());
    }

    /// <summary>One check that was written; null when it is not there (yet).</summary>
    public Task<SiteCheck?> FindAsync(Guid site, DateTimeOffset checkedAt, Guid id, CancellationToken cancel) =>
        db.Set<SiteCheck>().AsNoTracking().SingleOrDefaultAsync(c => c.SiteId == site && c.CheckedAt == checkedAt && c.Id == id, cancel);
}
