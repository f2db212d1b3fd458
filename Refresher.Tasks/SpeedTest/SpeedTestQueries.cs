using Microsoft.EntityFrameworkCore;
using Refresher.Core;

namespace Refresher.Tasks.SpeedTest;

/// <summary>Which speed tests a list shows. Self-tests say nothing about a line and are left out unless they are asked for.</summary>
public sealed record SpeedTestFilter
{
    public string? ScheduleKey { get; init; }

    /// <summary>Began at or after this.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Began before this.</summary>
    public DateTimeOffset? To { get; init; }

    /// <summary>True: those that succeeded; false: those that failed; null: both.</summary>
    public bool? Succeeded { get; init; }

    /// <summary>True: only self-tests.</summary>
    public bool SelfTest { get; init; }
}

/// <summary>Reads of speed tests, shared by pages and end points. The latest comes first.</summary>
public sealed class SpeedTestQueries(RefresherDb db)
{
    /// <param name="after">The last id of the page before; null for the first page.</param>
    /// <param name="limit">1 to <see cref="Page{T}.MostLimit"/>.</param>
    public async Task<Page<SpeedTestResult>> ListAsync(SpeedTestFilter filter, Guid? after, int limit, CancellationToken cancel)
    {
        var tests = Filtered(filter);
        tests = after is { } last ? tests.Where(t => t.Id < last) : tests;
        var read = await tests.Include(t => t.Candidates).OrderByDescending(t => t.Id).Take(limit + 1).AsSplitQuery().ToListAsync(cancel);
        return Page<SpeedTestResult>.Of(read, limit, test => test.Id.ToString());
    }

    /// <summary>The last test; null when there was none.</summary>
    public Task<SpeedTestResult?> LatestAsync(SpeedTestFilter filter, CancellationToken cancel) =>
        Filtered(filter).Include(t => t.Candidates).OrderByDescending(t => t.Id).FirstOrDefaultAsync(cancel);

    public Task<SpeedTestResult?> FindAsync(Guid id, CancellationToken cancel) =>
        db.Set<SpeedTestResult>().AsNoTracking().Include(t => t.Candidates).SingleOrDefaultAsync(t => t.Id == id, cancel);

    /// <summary>Every server that was looked at in the last tests of lines, as it was seen last.</summary>
    /// <param name="tests">How many tests to look back, 1 to 500.</param>
    public async Task<IReadOnlyList<SpeedTestCandidate>> ServersAsync(int tests, CancellationToken cancel)
    {
        var last = Filtered(new SpeedTestFilter()).OrderByDescending(t => t.Id).Take(tests).Select(t => t.Id);
        var seen = await db.Set<SpeedTestCandidate>().AsNoTracking().Where(c => last.Contains(c.TestId)).OrderByDescending(c => c.TestId).ToListAsync(cancel);
        return [.. seen.DistinctBy(c => c.Server.Url).OrderBy(c => c.LatencyMs ?? double.MaxValue)];
    }

    private IQueryable<SpeedTestResult> Filtered(SpeedTestFilter filter)
    {
        var tests = db.Set<SpeedTestResult>().AsNoTracking().Where(t => t.SelfTest == filter.SelfTest);
        tests = filter.ScheduleKey is { } key ? tests.Where(t => t.ScheduleKey == key) : tests;
        tests = filter.From is { } from ? tests.Where(t => t.At >= from) : tests;
        tests = filter.To is { } to ? tests.Where(t => t.At < to) : tests;
        return filter.Succeeded is { } succeeded ? tests.Where(t => t.Failure == null == succeeded) : tests;
    }
}
