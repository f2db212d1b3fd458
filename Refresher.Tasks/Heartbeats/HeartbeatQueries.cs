using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Data;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Which heartbeats a list shows.</summary>
/// <param name="Search">Part of a name or key, in any case.</param>
/// <param name="State">As <see cref="Heartbeat.StateWord"/> says it.</param>
public sealed record HeartbeatFilter(string? Search, string? Tag, string? State);

/// <summary>Reads of heartbeats, shared by pages and end points. Lists go by key.</summary>
public sealed class HeartbeatQueries(RefresherDb db, TimeProvider clock)
{
    /// <summary>What <see cref="HeartbeatFilter.State"/> may be.</summary>
    public static IReadOnlyList<string> States { get; } = ["new", "up", "running", "late", "down", "paused"];

    /// <param name="after">The last key of the page before; null for the first page.</param>
    public async Task<Page<Heartbeat>> ListAsync(HeartbeatFilter filter, string? after, int limit, CancellationToken cancel)
    {
        var heartbeats = Filtered(filter);
        heartbeats = after is null ? heartbeats : heartbeats.Where(h => string.Compare(h.Key, after) > 0);
        return Page<Heartbeat>.Of(await heartbeats.OrderBy(h => h.Key).Take(limit + 1).ToListAsync(cancel), limit, heartbeat => heartbeat.Key);
    }

    public Task<Heartbeat?> FindAsync(Guid id, CancellationToken cancel) => db.Set<Heartbeat>().AsNoTracking().SingleOrDefaultAsync(h => h.Id == id, cancel);

    /// <summary>What was heard of one, the last first.</summary>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    public async Task<Page<Beat>> BeatsAsync(Guid heartbeat, Guid? after, int limit, CancellationToken cancel)
    {
        var beats = db.Set<Beat>().AsNoTracking().Where(b => b.HeartbeatId == heartbeat);
        beats = after is { } last ? beats.Where(b => b.Id < last) : beats;
        return Page<Beat>.Of(await beats.OrderByDescending(b => b.Id).Take(limit + 1).ToListAsync(cancel), limit, beat => beat.Id.ToString());
    }

    /// <summary>How many there are in each state.</summary>
    public async Task<IReadOnlyDictionary<string, int>> CountAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var counts = await db.Set<Heartbeat>().GroupBy(h => new { h.State, Late = h.State == HeartbeatState.Up && h.ExpectedAt <= now })
            .Select(group => new { group.Key.State, group.Key.Late, Count = group.Count() }).ToListAsync(cancel);
        return counts.ToDictionary(count => count.Late ? "late" : Words<HeartbeatState>.Of(count.State), count => count.Count, StringComparer.Ordinal);
    }

    private IQueryable<Heartbeat> Filtered(HeartbeatFilter filter)
    {
        var (heartbeats, now) = (db.Set<Heartbeat>().AsNoTracking(), clock.GetUtcNow());
        if (filter.Search is { Length: > 0 } search)
        {
            var pattern = LikePattern.Containing(search);
            heartbeats = heartbeats.Where(h => EF.Functions.ILike(h.Name, pattern, LikePattern.Escape) || EF.Functions.ILike(h.Key, pattern, LikePattern.Escape));
        }

        heartbeats = filter.Tag is { Length: > 0 } tag ? heartbeats.Where(h => h.Tags.Contains(tag)) : heartbeats;
        return filter.State switch
        {
            "late" => heartbeats.Where(h => h.State == HeartbeatState.Up && h.ExpectedAt <= now),
            "up" => heartbeats.Where(h => h.State == HeartbeatState.Up && !(h.ExpectedAt <= now)),
            { } word when Words<HeartbeatState>.TryParse(word, out var state) => heartbeats.Where(h => h.State == state),
            _ => heartbeats,
        };
    }
}
