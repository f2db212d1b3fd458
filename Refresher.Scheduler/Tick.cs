using Coravel.Invocable;
using Refresher.Core.Execution;

namespace Refresher.Scheduler;

/// <summary>Coravel's second: it only sets a signal, so that ticks replayed after a stall collapse into one.</summary>
internal sealed class Tick(TickSignal signal) : IInvocable
{
    public Task Invoke()
    {
        signal.Tick();
        return Task.CompletedTask;
    }
}
