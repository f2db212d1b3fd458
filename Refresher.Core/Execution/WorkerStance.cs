using Refresher.Core.Queue;

namespace Refresher.Core.Execution;

/// <summary>What a worker knows it may do: kept by <see cref="StandingOrders"/>, looked at before every take.</summary>
internal sealed class WorkerStance
{
    private readonly TaskCompletionSource _known = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile HeldQueues _held = HeldQueues.None;
    private volatile bool _draining;

    /// <summary>Completes with the first look: until then a worker that was told to drain could not know.</summary>
    public Task Known => _known.Task;

    /// <summary>It takes no runs, and finishes those it has.</summary>
    public bool IsDraining => _draining;

    public bool IsHeld(string queue) => _held.Of(queue) is not null;

    public void Learn(bool draining, HeldQueues held)
    {
        (_draining, _held) = (draining, held);
        _known.TrySetResult();
    }
}
