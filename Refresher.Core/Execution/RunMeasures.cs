using Refresher.Core.Runs;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Execution;

/// <summary>What is counted and timed when an attempt's ending was written.</summary>
internal static class RunMeasures
{
    public static void Ended(RunCompletion completion, bool ours)
    {
        var kind = new KeyValuePair<string, object?>("kind", completion.Run.Kind);
        if (!ours)
        {
            RefresherTelemetry.LostLeases.Add(1, kind);
            return;
        }

        RefresherTelemetry.Attempts.Add(1, kind, new("outcome", completion.AttemptOutcome ?? completion.State.Word()));
        if (completion.State.IsFinal())
        {
            RefresherTelemetry.RunsEnded.Add(1, kind, new("state", completion.State.Word()));
        }

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
