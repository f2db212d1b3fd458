using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Runs;

/// <summary>Which runs a list shows. Null members do not filter.</summary>
public sealed record RunFilter
{
    public string? Kind { get; init; }

    public Guid? ScheduleId { get; init; }

    public RunState? State { get; init; }

    public RunTrigger? Trigger { get; init; }

    public string? Worker { get; init; }

    public string? Queue { get; init; }

    /// <summary>Due at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Due before this.</summary>
    public DateTimeOffset? To { get; init; }
}

/// <summary>Reads of runs, shared by pages and end points. Lists go from the latest due to the earliest.</summary>
public sealed class RunQueries(RefresherDb db)
{
    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
    public async Task<Page<Run>> ListAsync(RunFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var read = await Filtered(filter, after).OrderByDescending(r => r.Id).Take(limit + 1).ToListAsync(cancel);
        return Page<Run>.Of(read, limit, run => run.Id.ToString());
    }

    public Task<Run?> FindAsync(Guid id, CancellationToken cancel) => db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel);

    /// <summary>Attempts that did not end the run, the first one first.</summary>
    public Task<List<RunAttempt>> AttemptsAsync(Guid id, CancellationToken cancel) =>
        db.RunAttempts.AsNoTracking().Where(a => a.RunId == id).OrderBy(a => a.Fence).ToListAsync(cancel);

    /// <summary>Lines of a run's log in their order.</summary>
    /// <param name="after">The last <see cref="RunLogLine.Seq"/> already read; -1 for the beginning.</param>
    /// <param name="least">The lowest level to show.</param>
    public Task<List<RunLogLine>> LogsAsync(Guid id, long after, LogLevel least, int limit, CancellationToken cancel)
    {
        var lines = db.RunLogs.AsNoTracking().Where(l => l.RunId == id && l.Seq > after);
        return (least > LogLevel.Trace ? lines.Where(l => l.Level >= least) : lines).OrderBy(l => l.Seq).Take(limit).ToListAsync(cancel);
    }

    private IQueryable<Run> Filtered(RunFilter filter, Guid? after)
    {
        var runs = db.Runs.AsNoTracking();
        runs = filter.Kind is { } kind ? runs.Where(r => r.Kind == kind) : runs;
        runs = filter.ScheduleId is { } schedule ? runs.Where(r => r.ScheduleId == schedule) : runs;
        runs = filter.State is { } state ? runs.Where(r => r.State == state) : runs;
        runs = filter.Trigger is { } trigger ? runs.Where(r => r.Trigger == trigger) : runs;
        runs = filter.Worker is { } worker ? runs.Where(r => r.Worker == worker) : runs;
        runs = filter.Queue is { } queue ? runs.Where(r => r.Queue == queue) : runs;

        // Due times are the ids' first bits: bounds on the id also say which partitions to read.
        runs = filter.From is { } from ? runs.Where(r => r.Id >= RunId.LowestAt(from)) : runs;
        runs = filter.To is { } to ? runs.Where(r => r.Id < RunId.LowestAt(to)) : runs;
        return after is { } last ? runs.Where(r => r.Id < last) : runs;
    }
}
