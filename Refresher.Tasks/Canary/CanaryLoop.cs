using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Runs;
using Refresher.Core.Watch;

namespace Refresher.Tasks.Canary;

/// <summary>Sends a canary each minute: one worker does it for all. It is due a moment later, so that a scheduler has to release it.</summary>
internal sealed class CanaryLoop(LivenessMarks marks, RunStarts runs, IOptions<WatchdogOptions> options, TimeProvider clock, SchemaGate gate, ILogger<CanaryLoop> log) : Loop(gate, log)
{
    private const string Turn = "canary.sent";

    private static readonly TimeSpan Ahead = TimeSpan.FromSeconds(1);

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(options.Value.Period / 4, clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        if (!await marks.TakeTurnAsync(Turn, options.Value.Period - (options.Value.Period / 10), cancel))
        {
            return;
        }

        var dueAt = clock.GetUtcNow() + Ahead;
        await runs.WriteAsync([new NewRun
        {
            Id = RunId.New(dueAt), Kind = CanaryTask.Name, Trigger = RunTrigger.Api, State = RunState.Scheduled, Priority = 0, DueAt = dueAt,

            // One that nobody took is followed by the next, and does not stay in the queue.
            ExpiresAt = dueAt + options.Value.Period,
        }], null, cancel);
    }
}
