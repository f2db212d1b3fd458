using Microsoft.EntityFrameworkCore;
using Refresher.Core.Data;
using Refresher.Core.Runs;

namespace Refresher.Core.Schedules;

/// <summary>Which schedules a list shows. Null members do not filter.</summary>
public sealed record ScheduleFilter
{
    /// <summary>A part of the key, the name or the description, in any case.</summary>
    public string? Search { get; init; }

    /// <summary>Exactly this key.</summary>
    public string? Key { get; init; }

    public string? Kind { get; init; }

    public string? Tag { get; init; }

    public bool? Enabled { get; init; }

    /// <summary>How its last run ended.</summary>
    public RunState? LastState { get; init; }
}

/// <summary>Reads of schedules, shared by pages and end points. Lists go by key.</summary>
public sealed class ScheduleQueries(RefresherDb db)
{
    /// <param name="after">The last key of the page before; null for the first page.</param>
    public async Task<Page<Schedule>> ListAsync(ScheduleFilter filter, string? after, int limit, CancellationToken cancel)
    {
        var schedules = Filtered(filter);
        schedules = after is null ? schedules : schedules.Where(s => string.Compare(s.Key, after) > 0);
        var read = await schedules.Include(s => s.State).Include(s => s.Declaration).OrderBy(s => s.Key).Take(limit + 1).ToListAsync(cancel);
        return Page<Schedule>.Of(read, limit, schedule => schedule.Key);
    }

    public Task<int> CountAsync(ScheduleFilter filter, CancellationToken cancel) => Filtered(filter).CountAsync(cancel);

    public Task<Schedule?> FindAsync(Guid id, CancellationToken cancel) =>
        db.Schedules.AsNoTracking().Include(s => s.State).Include(s => s.Declaration).SingleOrDefaultAsync(s => s.Id == id, cancel);

    /// <param name="idOrKey">The id or, where that finds nothing, the key.</param>
    public async Task<Schedule?> FindAsync(string idOrKey, CancellationToken cancel) =>
        (Guid.TryParse(idOrKey, out var id) ? await FindAsync(id, cancel) : null)
        ?? await db.Schedules.AsNoTracking().Include(s => s.State).Include(s => s.Declaration).SingleOrDefaultAsync(s => s.Key == idOrKey, cancel);

    /// <summary>Those that come due next, the first one first.</summary>
    public Task<List<Schedule>> NextDueAsync(int limit, CancellationToken cancel) =>
        db.Schedules.AsNoTracking().Include(s => s.State).Where(s => s.State!.NextDueAt != null).OrderBy(s => s.State!.NextDueAt).Take(limit).ToListAsync(cancel);

    /// <summary>Keys to choose from, in their order.</summary>
    /// <param name="limit">At most so many.</param>
    public Task<List<string>> KeysAsync(int limit, CancellationToken cancel) => db.Schedules.OrderBy(s => s.Key).Select(s => s.Key).Take(limit).ToListAsync(cancel);

    /// <summary>What the runs of a schedule follow, and what follows them.</summary>
    public async Task<ScheduleNeighbours> NeighboursAsync(Schedule schedule, CancellationToken cancel)
    {
        var wanted = schedule.ContinueWith?.Select(next => next.Schedule!).ToArray() ?? [];
        var found = wanted.Length == 0 ? [] : await db.Schedules.AsNoTracking().Where(s => wanted.Contains(s.Key)).ToListAsync(cancel);
        var named = RunPolicies.WriteContinuations([new Continuation { Schedule = schedule.Key }]);
        var ids = await db.Database.SqlQuery<Guid>(
            $"SELECT id AS \"Value\" FROM schedules WHERE continue_with @> {named}::jsonb ORDER BY key LIMIT {ScheduleNeighbours.Most}").ToListAsync(cancel);
        var before = ids.Count == 0 ? [] : await db.Schedules.AsNoTracking().Where(s => ids.Contains(s.Id)).OrderBy(s => s.Key).ToListAsync(cancel);
        return new ScheduleNeighbours(
            [.. schedule.ContinueWith?.Select(next => new ScheduleNeighbour(next.On, next.Schedule!, found.Find(s => s.Key == next.Schedule))) ?? []],
            [.. before.SelectMany(other => other.ContinueWith!.Where(next => next.Schedule == schedule.Key).Select(next => new ScheduleNeighbour(next.On, other.Key, other)))]);
    }

    /// <summary>Every tag in use.</summary>
    public Task<List<string>> TagsAsync(CancellationToken cancel) =>
        db.Database.SqlQuery<string>($"SELECT DISTINCT unnest(tags) AS \"Value\" FROM schedules ORDER BY 1").ToListAsync(cancel);

    private IQueryable<Schedule> Filtered(ScheduleFilter filter)
    {
        var schedules = db.Schedules.AsNoTracking();
        if (filter.Search is { Length: > 0 } search)
        {
            var pattern = LikePattern.Containing(search);
            schedules = schedules.Where(s => EF.Functions.ILike(s.Key, pattern, LikePattern.Escape) || EF.Functions.ILike(s.Name, pattern, LikePattern.Escape) || EF.Functions.ILike(s.Description, pattern, LikePattern.Escape));
        }

        schedules = filter.Key is { } key ? schedules.Where(s => s.Key == key) : schedules;
        schedules = filter.Kind is { } kind ? schedules.Where(s => s.Kind == kind) : schedules;
        schedules = filter.Tag is { } tag ? schedules.Where(s => s.Tags.Contains(tag)) : schedules;
        schedules = filter.LastState is { } last ? schedules.Where(s => s.State!.LastState == last) : schedules;
        return filter.Enabled is { } enabled ? schedules.Where(s => s.Enabled == enabled) : schedules;
    }
}
