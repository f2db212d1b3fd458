using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Tasks.SpeedTest.Servers;

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

    /// <summary>True: those that found what was expected; false: those that fell short; null: all.</summary>
    public bool? Healthy { get; init; }

    /// <summary>Address of the server.</summary>
    public string? Server { get; init; }

    /// <summary>True: only self-tests.</summary>
    public bool SelfTest { get; init; }
}

/// <summary>Reads of speed tests and servers, shared by pages and end points. The latest test comes first.</summary>
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

    /// <summary>All of them as they are read, without their candidates.</summary>
    public IAsyncEnumerable<SpeedTestResult> All(SpeedTestFilter filter) => Filtered(filter).OrderByDescending(t => t.Id).AsAsyncEnumerable();

    /// <summary>The last test; null when there was none.</summary>
    public Task<SpeedTestResult?> LatestAsync(SpeedTestFilter filter, CancellationToken cancel) =>
        Filtered(filter).Include(t => t.Candidates).OrderByDescending(t => t.Id).FirstOrDefaultAsync(cancel);

    public Task<SpeedTestResult?> FindAsync(Guid id, CancellationToken cancel) =>
        db.Set<SpeedTestResult>().AsNoTracking().Include(t => t.Candidates).SingleOrDefaultAsync(t => t.Id == id, cancel);

    /// <summary>Keys of the schedules that have tests of the last year or are there now, at most 200.</summary>
    public async Task<IReadOnlyList<string>> SchedulesAsync(CancellationToken cancel) =>
        await db.Schedules.AsNoTracking().Where(s => s.Kind == SpeedTestTask.Name).OrderBy(s => s.Key).Select(s => s.Key).Take(200).ToListAsync(cancel);

    /// <summary>Every server that is known, those that answered first by their latency.</summary>
    /// <param name="after">Address of the last one of the page before; null for the first page.</param>
    public async Task<Page<KnownServer>> ServersAsync(string? directory, string? after, int limit, CancellationToken cancel)
    {
        var servers = db.Set<KnownServer>().AsNoTracking();
        servers = directory is null ? servers : servers.Where(s => s.Directory == directory);
        servers = after is null ? servers : servers.Where(s => string.Compare(s.Url, after) > 0);
        return Page<KnownServer>.Of(await servers.OrderBy(s => s.Url).Take(limit + 1).ToListAsync(cancel), limit, server => server.Url);
    }

    /// <summary>All servers, those that answered first by their latency.</summary>
    /// <param name="limit">How many at most.</param>
    public async Task<IReadOnlyList<KnownServer>> NearestServersAsync(int limit, CancellationToken cancel) =>
        await db.Set<KnownServer>().AsNoTracking().OrderBy(s => s.LatencyMs ?? double.MaxValue).ThenBy(s => s.Name).Take(limit).ToListAsync(cancel);

    private IQueryable<SpeedTestResult> Filtered(SpeedTestFilter filter)
    {
        var tests = db.Set<SpeedTestResult>().AsNoTracking().Where(t => t.SelfTest == filter.SelfTest);
        tests = filter.ScheduleKey is { } key ? tests.Where(t => t.ScheduleKey == key) : tests;
        tests = filter.From is { } from ? tests.Where(t => t.At >= from) : tests;
        tests = filter.To is { } to ? tests.Where(t => t.At < to) : tests;
        tests = filter.Healthy is { } healthy ? tests.Where(t => t.Healthy == healthy) : tests;
        tests = filter.Server is { } server ? tests.Where(t => t.Server!.Url == server) : tests;
        return filter.Succeeded is { } succeeded ? tests.Where(t => t.Failure == null == succeeded) : tests;
    }
}
