using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Refresher.Core.Data;

namespace Refresher.Core.Runs;

/// <summary>Reads of runs, shared by pages and end points. Lists go from the latest due to the earliest.</summary>
public sealed class RunQueries(RefresherDb db, RunSearch search)
{
    private const int AtOnce = 500;

    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
    public async Task<Page<Run>> ListAsync(RunFilter filter, Guid? after, int limit, CancellationToken cancel) => await SearchAsync(filter, after, limit, cancel);

    /// <summary>The same, and how far back it looked.</summary>
    /// <inheritdoc cref="ListAsync" path="/param"/>
    public async Task<RunListPage> SearchAsync(RunFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var found = await search.FindAsync(filter, after, limit + 1, cancel);
        var page = Page<Guid>.Of(found.Ids, limit, id => id.ToString());
        return new RunListPage(
            await LoadAsync(page.Items, cancel),
            page.Next ?? found.Reached?.ToString(),
            page.Next is null && found.Reached is { } reached ? RunId.TimeOf(reached) : null);
    }

    public Task<Run?> FindAsync(Guid id, CancellationToken cancel) => db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel);

    /// <summary>Runs that repeat or follow an ended run, the first one first.</summary>
    /// <param name="limit">At most so many.</param>
    public Task<List<Run>> FollowersAsync(Run run, int limit, CancellationToken cancel)
    {
        // None is due before this one has ended: of the partitions only those from then on are asked. A minute is for clocks.
        var (id, lowest) = (run.Id, RunId.LowestAt((run.FinishedAt ?? run.DueAt) - TimeSpan.FromMinutes(1)));
        return db.Runs.AsNoTracking().Where(r => r.ParentId == id && r.Id >= lowest).OrderBy(r => r.Id).Take(limit).ToListAsync(cancel);
    }

    /// <summary>The run of its schedule that goes on while this one waits for it to end; null when it has ended meanwhile.</summary>
    public async Task<Run?> BeforeAsync(Run run, CancellationToken cancel)
    {
        var (id, schedule, lowest) = (run.Id, run.ScheduleId, RunId.LowestAt(run.DueAt - TimeSpan.FromDays(31)));
        return schedule is null ? null : await db.Runs.AsNoTracking()
            .Where(r => r.ScheduleId == schedule && r.Id >= lowest && r.Id != id && r.FinishedAt == null && r.State != RunState.Scheduled && r.WaitingFor != Waits.Overlap)
            .OrderBy(r => r.Id).FirstOrDefaultAsync(cancel);
    }

    /// <summary>Attempts that did not end the run, the first one first.</summary>
    public Task<List<RunAttempt>> AttemptsAsync(Guid id, CancellationToken cancel) =>
        db.RunAttempts.AsNoTracking().Where(a => a.RunId == id).OrderBy(a => a.Fence).ToListAsync(cancel);

    /// <summary>Lines of a run's log in their order.</summary>
    /// <param name="after">The last <see cref="RunLogLine.Seq"/> already read; -1 for the beginning.</param>
    /// <param name="least">The lowest level to show.</param>
    public Task<List<RunLogLine>> LogsAsync(Guid id, long after, LogLevel least, int limit, CancellationToken cancel) => LogsAsync(id, after, least, "", limit, cancel);

    /// <inheritdoc cref="LogsAsync(Guid, long, LogLevel, int, CancellationToken)"/>
    /// <param name="find">Only lines whose message contains this, in any case; empty: all. What is searched is bounded by what a log may have.</param>
    public Task<List<RunLogLine>> LogsAsync(Guid id, long after, LogLevel least, string find, int limit, CancellationToken cancel)
    {
        var lines = db.RunLogs.AsNoTracking().Where(l => l.RunId == id && l.Seq > after);
        lines = least > LogLevel.Trace ? lines.Where(l => l.Level >= least) : lines;
        var pattern = LikePattern.Containing(find);
        return (find.Length > 0 ? lines.Where(l => EF.Functions.ILike(l.Message, pattern, LikePattern.Escape)) : lines).OrderBy(l => l.Seq).Take(limit).ToListAsync(cancel);
    }

    /// <summary>Every run that fits, the latest due first, read as they are taken: a few at a time, however many there are.</summary>
    /// <param name="after">Only those before this one; null for the beginning.</param>
    public async IAsyncEnumerable<Run> AllAsync(RunFilter filter, Guid? after, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var ids in search.AllAsync(filter, after, cancel).Chunk(AtOnce))
        {
            foreach (var run in await LoadAsync(ids, cancel))
            {
                yield return run;
            }
        }
    }

    /// <summary>The runs with these ids that are still there, in their order.</summary>
    private async Task<List<Run>> LoadAsync(IReadOnlyList<Guid> ids, CancellationToken cancel)
    {
        if (ids.Count == 0)
        {
            return [];
        }

        // The bounds let PostgreSQL plan for the partitions of these ids alone.
        var (highest, lowest) = (ids[0], ids[^1]);
        return await db.Runs.AsNoTracking().Where(r => ids.Contains(r.Id) && r.Id >= lowest && r.Id <= highest).OrderByDescending(r => r.Id).ToListAsync(cancel);
    }
}
