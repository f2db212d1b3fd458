using Microsoft.EntityFrameworkCore;
using Refresher.Core.Runs;

namespace Refresher.Core.Access;

/// <summary>Which entries a list shows. Null members do not filter.</summary>
public sealed record AuditFilter
{
    /// <summary>The name of the user or of the Api key.</summary>
    public string? Actor { get; init; }

    /// <summary>An action (<c>schedule.update</c>), or the first part of some (<c>schedule</c>).</summary>
    public string? Action { get; init; }

    /// <summary>The subject's id, or its name.</summary>
    public string? Subject { get; init; }

    /// <summary>Done at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Done before this.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads of the audit, shared by page and end point. Lists go from the latest to the earliest.</summary>
public sealed class AuditQueries(RefresherDb db)
{
    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
    public async Task<Page<AuditEntry>> ListAsync(AuditFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var read = await Filtered(filter, after).OrderByDescending(e => e.Id).Take(limit + 1).ToListAsync(cancel);
        return Page<AuditEntry>.Of(read, limit, entry => entry.Id.ToString());
    }

    private IQueryable<AuditEntry> Filtered(AuditFilter filter, Guid? after)
    {
        var entries = db.AuditEntries.AsNoTracking();
        entries = filter.Actor is { } actor ? entries.Where(e => e.Actor == actor) : entries;
        entries = filter.Action is { } action ? entries.Where(e => e.Action == action || e.Action.StartsWith(action + ".")) : entries;
        entries = filter.Subject is { } subject ? entries.Where(e => e.SubjectId == subject || e.SubjectName == subject) : entries;

        // The ids are version-7 UUIDs like those of runs: their first bits are the time.
        entries = filter.From is { } from ? entries.Where(e => e.Id >= RunId.LowestAt(from)) : entries;
        entries = filter.To is { } to ? entries.Where(e => e.Id < RunId.LowestAt(to)) : entries;
        return after is { } last ? entries.Where(e => e.Id < last) : entries;
    }
}
