using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>What this scheduler will release soon, a moment before it is ready.</summary>
internal sealed class ReleaseTimer() : TimeLine<WaitingRun>(run => run.Id)
{
    public void Add(IEnumerable<WaitingRun> runs) => Add(runs.Select(run => (run, run.ReadyAt - RunReleases.Ahead)));

    /// <summary>Adds what another scheduler is likely to release itself; it is given so long beyond the run's time.</summary>
    public void Add(IEnumerable<WaitingRun> runs, TimeSpan courtesy) => Add(runs.Select(run => (run, run.ReadyAt + courtesy)));

    /// <summary>Adds what has to be decided at its time and no earlier.</summary>
    public void AddPunctually(IEnumerable<WaitingRun> runs) => Add(runs.Select(run => (run, run.ReadyAt)));
}

/// <summary>What this scheduler has released and will tell Redis at its instant.</summary>
internal sealed class SendTimer() : TimeLine<QueuedRun>(run => run.Id);
