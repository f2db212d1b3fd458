using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>
/// Releases runs a moment before their instant and has them sent at it. The timer in memory makes it punctual; a sweep makes it certain: twice
/// a second it looks for rows that become ready soon, its own retries and delayed runs, and those of schedulers that died, which it gives 250 ms.
/// </summary>
internal sealed class RunReleaser(
    ReleaseTimer timer, SendTimer sending, RunReleases releases, WaitingRuns waiting, RunDispatch dispatch, RunOrders orders, LiveSignals signals, ClusterClock clock,
    SchemaGate gate, ILogger<RunReleaser> log)
    : Loop(gate, log)
{
    private const int BatchSize = 500;
    private const int SweepSize = 10_000;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SweepAhead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(250);

    private long _sweptAt;
    private volatile bool _asked;

    protected override Task BeginAsync(CancellationToken cancel)
    {
        _ = ListenAsync(cancel);
        return Task.CompletedTask;
    }

    protected override Task WaitAsync(CancellationToken cancel) => timer.WaitAsync(clock, SweepEvery - clock.GetElapsedTime(_sweptAt), cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        while (timer.TakeDue(clock.GetUtcNow(), BatchSize) is { Count: > 0 } due)
        {
            await ReleaseAsync(due, cancel);
        }

        if (_asked || clock.GetElapsedTime(_sweptAt) >= SweepEvery)
        {
            _asked = false;
            await SweepAsync(cancel);
        }
    }

    private async Task ReleaseAsync(List<WaitingRun> due, CancellationToken cancel)
    {
        var released = await releases.ReleaseAsync(due, cancel);
        sending.Add(released.Queued);
        timer.AddPunctually(released.TooEarly);
        await dispatch.SendAsync(released.Aftermath);
        if (released.ToCancel.Count > 0)
        {
            await orders.CancelAsync(released.ToCancel);
        }
    }

    private async Task SweepAsync(CancellationToken cancel)
    {
        _sweptAt = clock.GetTimestamp();
        var soon = await waiting.UntilAsync(clock.GetUtcNow() + SweepAhead, SweepSize, cancel);
        timer.Add(soon.Where(found => !found.IsOccurrence).Select(found => found.Run));
        timer.Add(soon.Where(found => found.IsOccurrence).Select(found => found.Run), Courtesy);
    }

    /// <summary>Somebody wrote a run that is ready: it need not wait for the next sweep.</summary>
    private async Task ListenAsync(CancellationToken cancel)
    {
        try
        {
            await foreach (var _ in signals.SubscribeAsync([LiveSignal.Ready], cancel))
            {
                _asked = true;
                timer.Changed.Set();
            }
        }
        catch (OperationCanceledException)
        {
            // The process stops.
        }
    }
}

/// <summary>
/// Sends released runs at their instant. A scheduler that stops sends what it still has; one that dies leaves rows that are queued and unknown to
/// Redis, which <see cref="QueueReconciler"/> finds within seconds.
/// </summary>
internal sealed class RunSender(SendTimer timer, RunDispatch dispatch, ClusterClock clock, SchemaGate gate, ILogger<RunSender> log) : Loop(gate, log)
{
    private const int BatchSize = 250;
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        while (timer.Next is not null)
        {
            await timer.WaitAsync(clock, RunReleases.Ahead, cancellationToken);
            await RunOnceAsync(cancellationToken);
        }
    }

    protected override Task WaitAsync(CancellationToken cancel) => timer.WaitAsync(clock, Longest, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        while (timer.TakeDue(clock.GetUtcNow(), BatchSize) is { Count: > 0 } due)
        {
            await dispatch.SendAsync(new Limits.Granted(due, Paced: false));
        }
    }
}
