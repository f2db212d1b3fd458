using Microsoft.EntityFrameworkCore;
using Refresher.Core;

namespace Refresher.Tasks.SiteMonitor.Incidents;

/// <summary>Which incidents a list shows. Null members do not filter.</summary>
public sealed record IncidentFilter
{
    public Guid? SiteId { get; init; }

    /// <summary>True: those that are open; false: those that are over.</summary>
    public bool? Open { get; init; }

    /// <summary>Opened at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Opened before this.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Where a list goes on in which open ones come first.</summary>
public readonly record struct IncidentCursor(bool Open, Guid Id)
{
    /// <returns>Null for what no page gave.</returns>
    public static IncidentCursor? Parse(string? text) =>
        text is ['o' or 'c', '-', ..] && Guid.TryParse(text[2..], out var id) ? new(text[0] == 'o', id) : null;

    public override string ToString() => $"{(Open ? 'o' : 'c')}-{Id:N}";
}

/// <summary>Reads of incidents, shared by pages and end points. The latest comes first.</summary>
public sealed class IncidentQueries(RefresherDb db)
{
    /// <summary>Lines of a timeline that are read at most.</summary>
    public const int MostUpdates = 500;

    /// <param name="after">The last id of the page before; null for the first page.</param>
    public async Task<Page<Incident>> ListAsync(IncidentFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var incidents = db.Set<Incident>().AsNoTracking();
        incidents = filter.SiteId is { } site ? incidents.Where(i => i.SiteId == site) : incidents;
        incidents = filter.Open is { } open ? incidents.Where(i => i.ClosedAt == null == open) : incidents;
        incidents = filter.From is { } from ? incidents.Where(i => i.OpenedAt >= from) : incidents;
        incidents = filter.To is { } to ? incidents.Where(i => i.OpenedAt < to) : incidents;
        incidents = after is { } last ? incidents.Where(i => i.Id < last) : incidents;
        return Page<Incident>.Of(await incidents.OrderByDescending(i => i.Id).Take(limit + 1).ToListAsync(cancel), limit, incident => incident.Id.ToString());
    }

    /// <summary>Those that are open come before those that are over; each part the latest first.</summary>
    /// <param name="after">The last one of the page before; null for the first page.</param>
    public async Task<Page<Incident>> OpenFirstAsync(IncidentFilter filter, IncidentCursor? after, int limit, CancellationToken cancel)
    {
        var read = new List<Incident>();
        foreach (var open in new[] { true, false })
        {
            if (filter.Open == !open || (open && after is { Open: false }) || read.Count > limit)
            {
                continue;
            }

            var goesOn = after is { } last && last.Open == open ? last.Id : (Guid?)null;
            read.AddRange((await ListAsync(filter with { Open = open }, goesOn, limit + 1 - read.Count, cancel)).Items);
        }

        return Page<Incident>.Of(read, limit, incident => new IncidentCursor(incident.ClosedAt is null, incident.Id).ToString());
    }

    public Task<Incident?> FindAsync(Guid id, CancellationToken cancel) => db.Set<Incident>().AsNoTracking().SingleOrDefaultAsync(i => i.Id == id, cancel);

    /// <summary>The timeline, the first line first.</summary>
    public Task<List<IncidentUpdate>> UpdatesAsync(Guid incident, CancellationToken cancel) =>
        db.Set<IncidentUpdate>().AsNoTracking().Where(u => u.IncidentId == incident).OrderBy(u => u.At).ThenBy(u => u.Id).Take(MostUpdates).ToListAsync(cancel);
}
