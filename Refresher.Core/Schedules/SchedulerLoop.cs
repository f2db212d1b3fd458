using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Schedules;

/// <summary>
/// Prepares what is due within the look-ahead, at each tick and whenever a schedule was changed. All schedulers do this at once;
/// a schedule that one has taken is passed over by the others.
/// </summary>
internal sealed class SchedulerLoop(DueSchedules due, ReleaseTimer timer, TickSignal tick, SchemaGate gate, ILogger<SchedulerLoop> log) : Loop(gate, log)
{
    /// <summary>Batches before what is waiting gets its turn again.</summary>
    private const int BatchesAtOnce = 200;

    // A tick that never comes must not stop the system: the loop looks by itself after this long.
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(2);

    protected override Task WaitAsync(CancellationToken cancel) => tick.Signal.WaitAsync(Longest, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        RefresherTelemetry.Ticks.Add(1);
        for (var batch = 0; batch < BatchesAtOnce; batch++)
        {
            var (taken, waiting) = await due.PrepareAsync(cancel);
            timer.Add(waiting);
            RefresherTelemetry.Prepared.Add(waiting.Count);
            if (taken < DueSchedules.BatchSize)
            {
                return;
            }
        }

        tick.Signal.Set();
    }
}

/// <summary>Wakes the scheduler when somebody, anywhere, changed a schedule: an edit acts at once, not at the next tick.</summary>
internal sealed class ScheduleEdits(LiveSignals signals, TickSignal tick, SchemaGate gate, ILogger<ScheduleEdits> log) : Loop(gate, log)
{
    protected override Task WaitAsync(CancellationToken cancel) => Task.CompletedTask;

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        await foreach (var _ in signals.SubscribeAsync([LiveSignal.Schedules], cancel))
        {
            tick.Signal.Set();
        }
    }
}
