using Refresher.Core.Runs;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Execution;

/// <summary>What is counted and timed when an attempt's ending was written.</summary>
internal static class RunMeasures
{
    /// <summary>Runs that reached a final state, whoever ended them; after the commit.</summary>
    public static void Final(IReadOnlyCollection<EndedRun> ended)
    {
        foreach (var ((kind, state), count) in ended.CountBy(run => (run.Kind, run.State)))
        {
            RefresherTelemetry.RunsEnded.Add(count, new("kind", kind), new("state", state.Word()));
        }
    }

    /// <summary>How many places of this worker are taken.</summary>
    public static void Slots(int busy, int all)
    {
        RefresherTelemetry.WorkerSlots.Record(busy, new KeyValuePair<string, object?>("state", "busy"));
        RefresherTelemetry.WorkerSlots.Record(Math.Max(0, all - busy), new KeyValuePair<string, object?>("state", "free"));
    }

    public static void Ended(RunCompletion completion, bool ours)
    {
        var kind = new KeyValuePair<string, object?>("kind", completion.Run.Kind);
        if (!ours)
        {
            RefresherTelemetry.LostLeases.Add(1, kind);
            return;
        }

        RefresherTelemetry.Attempts.Add(1, kind, new("outcome", completion.AttemptOutcome ?? completion.State.Word()));
        if (completion.StartedAt is { } startedAt)
        {
            RefresherTelemetry.Duration.Record((completion.EndedAt - startedAt).TotalSeconds, kind);
            if (completion.Run.QueuedAt is { } queuedAt)
            {
                RefresherTelemetry.Wait.Record(Math.Max(0, (startedAt - queuedAt).TotalSeconds), kind);
            }

            if (completion.Run.Fence == 1)
            {
                RefresherTelemetry.Lateness.Record(Math.Max(0, (startedAt - completion.Run.DueAt).TotalSeconds - completion.Run.Blocked), kind);
            }
        }
    }
}
