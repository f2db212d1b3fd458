using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>
/// Releases runs at their instant and sends them. The timer in memory makes it punctual; a sweep makes it certain: twice a second it looks
/// for rows that become ready soon, its own retries and delayed runs, and those of schedulers that died, which it gives 250 ms.
/// </summary>
internal sealed class RunReleaser(
    ReleaseTimer timer, RunReleases releases, WaitingRuns waiting, RunQueue queue, LiveSignals signals, ClusterClock clock, SchemaGate gate, ILogger<RunReleaser> log)
    : Loop(gate, log)
{
    private const int BatchSize = 200;
    private const int SweepSize = 10_000;
    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan SweepAhead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Courtesy = TimeSpan.FromMilliseconds(250);

    private long _sweptAt;

    protected override Task WaitAsync(CancellationToken cancel)
    {
        var untilSweep = SweepEvery - clock.GetElapsedTime(_sweptAt);
        var untilDue = timer.Next is { } next ? next - clock.GetUtcNow() : SweepEvery;
        return timer.Changed.WaitAsync(untilDue < untilSweep ? RoundUp(untilDue) : untilSweep, cancel);
    }

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        while (timer.TakeDue(clock.GetUtcNow(), BatchSize) is { Count: > 0 } due)
        {
            await SendAsync(await releases.ReleaseAsync(due, cancel));
        }

        if (clock.GetElapsedTime(_sweptAt) >= SweepEvery)
        {
            await SweepAsync(cancel);
        }
    }

    // The timer's resolution is a millisecond: rounded up, it does not wake just before the instant to go round once more.
    private static TimeSpan RoundUp(TimeSpan wait) => TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds)));

    private async Task SweepAsync(CancellationToken cancel)
    {
        _sweptAt = clock.GetTimestamp();
        var soon = await waiting.UntilAsync(clock.GetUtcNow() + SweepAhead, SweepSize, cancel);
        timer.Add(soon.Where(found => !found.IsOccurrence).Select(found => found.Run));
        timer.Add(soon.Where(found => found.IsOccurrence).Select(found => found.Run), Courtesy);
    }

    private async Task SendAsync(IReadOnlyList<QueuedRun> released)
    {
        if (released.Count > 0)
        {
            await queue.SendAsync(released);
            await signals.PublishAsync(LiveTopics.Of(released));
        }
    }
}
