using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Refresher.Core.Runs;

namespace Refresher.Core.Watch;

/// <summary>What this worker saw of runs since somebody last asked: kept in memory, a word for each schedule and kind, so that a run that is as it should be costs nothing.</summary>
internal sealed class RunSightings(IOptions<WatchOptions> options)
{
    /// <summary>Late begins that are kept; past it schedules are late all over, and the first say so.</summary>
    private const int MostLate = 10_000;

    private ConcurrentDictionary<Guid, Begin> _begun = new();
    private ConcurrentDictionary<string, DateTimeOffset> _succeeded = new(StringComparer.Ordinal);
    private ConcurrentDictionary<Guid, Begin> _late = new();

    /// <summary>A run's first attempt begins.</summary>
    public void Began(ClaimedRun run, DateTimeOffset at)
    {
        if (run is not { Fence: 1, ScheduleId: { } schedule })
        {
            return;
        }

        var begin = new Begin(run.Id, at, at - run.DueAt - TimeSpan.FromSeconds(run.Blocked), run.Policies.LateAfter ?? options.Value.LateAfter);
        _begun[schedule] = begin;
        if (begin.IsLate && _late.Count < MostLate)
        {
            _late[schedule] = begin;
        }
    }

    /// <summary>A run's end was written.</summary>
    public void Ended(RunCompletion completion)
    {
        if (completion is { State: RunState.Succeeded, Run.ScheduleId: null })
        {
            _succeeded[completion.Run.Kind] = completion.EndedAt;
        }
    }

    /// <summary>What was seen since the last call.</summary>
    public Seen Take() => new(
        Interlocked.Exchange(ref _begun, new()), Interlocked.Exchange(ref _late, new()), Interlocked.Exchange(ref _succeeded, new(StringComparer.Ordinal)));

    /// <param name="Late">How late, without what a limit, a pause or an overlap answers for.</param>
    /// <param name="Allowed">How late it may be without anybody being told.</param>
    public sealed record Begin(Guid Run, DateTimeOffset At, TimeSpan Late, TimeSpan Allowed)
    {
        public bool IsLate => Late > Allowed;
    }

    /// <param name="Begun">The last begin of each schedule.</param>
    /// <param name="Late">The last late begin of each schedule.</param>
    /// <param name="Succeeded">The last success of runs without a schedule, by kind.</param>
    public sealed record Seen(IReadOnlyDictionary<Guid, Begin> Begun, IReadOnlyDictionary<Guid, Begin> Late, IReadOnlyDictionary<string, DateTimeOffset> Succeeded)
    {
        public bool IsEmpty => Begun.Count == 0 && Succeeded.Count == 0;
    }
}
