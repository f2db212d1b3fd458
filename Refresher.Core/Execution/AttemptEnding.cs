using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>Turns what came out of an attempt into where its run goes: the policies' side of <c>docs/run-lifecycle.md</c>.</summary>
internal static class AttemptEnding
{
    public static RunCompletion? Complete(ActiveRun active, Ending ending, DateTimeOffset startedAt, DateTimeOffset endedAt, EffectivePolicies policies)
    {
        var moment = new Moment(active, startedAt, endedAt, policies);
        if (ending.Error is { } error)
        {
            return active.Cause == StopCause.None || error is not OperationCanceledException ? Threw(moment, error) : Stopped(moment);
        }

        return ending.Outcome switch
        {
            RunOutcome.SuccessOutcome success => End(moment, RunState.Succeeded, null, success.Output),
            RunOutcome.FailureOutcome failure => End(moment, RunState.Failed, failure.Reason, failure.Output),
            RunOutcome.CancelOutcome cancel => End(moment, RunState.Cancelled, cancel.Reason, null),
            RunOutcome.RetryOutcome retry => Again(moment, RetryCauses.Retry, retry.Reason, retry.After, retry.Output),
            RunOutcome.SnoozeOutcome snooze => Snooze(moment, snooze.Until),
            _ => Abandoned(moment),
        };
    }

    /// <summary>A run that goes back to its queue unharmed: this worker is stopping.</summary>
    public static RunCompletion HandBack(ActiveRun active, DateTimeOffset? startedAt, DateTimeOffset now) => new()
    {
        Run = active.Run,
        State = RunState.Queued,
        Reason = "handed back by a worker that stopped",
        StartedAt = startedAt,
        EndedAt = now,
        ReadyAt = now,
        Attempt = active.Run.Attempt - 1,
        AttemptOutcome = "handedBack",
    };

    private static RunCompletion? Threw(Moment moment, Exception error)
    {
        moment.Active.Log.Write(moment.EndedAt, LogLevel.Error, error.ToString());
        return Again(moment, RetryCauses.Of(error), $"{error.GetType().Name}: {error.Message}", null, null);
    }

    private static RunCompletion? Stopped(Moment moment) => moment.Active.Cause switch
    {
        StopCause.LeaseLost => null,
        StopCause.Shutdown => HandBack(moment.Active, moment.StartedAt, moment.EndedAt),
        StopCause.CancelRequested => End(moment, RunState.Cancelled, "cancelled while it was running", null),
        StopCause.TimeLimit => Again(moment, RetryCauses.TimeLimit, $"time limit of {moment.Policies.Timeout} reached", null, null),
        _ => End(moment, RunState.Failed, "the task gave no outcome", null),
    };

    /// <summary>The task went on after it was told to end. It may still do so: an attempt beside it would be one too many.</summary>
    private static RunCompletion? Abandoned(Moment moment) => moment.Active.Cause switch
    {
        StopCause.TimeLimit => End(moment, RunState.Failed, $"hard limit: the task did not end within {PlatformDefaults.Grace} after its time limit of {moment.Policies.Timeout}; its slot was given to others", null),
        StopCause.CancelRequested => End(moment, RunState.Cancelled, $"cancelled; the task did not end within {PlatformDefaults.Grace}, and its slot was given to others", null),
        _ => Stopped(moment),
    };

    private static RunCompletion? Again(Moment moment, IReadOnlyCollection<string> causes, string reason, TimeSpan? after, JsonNode? output)
    {
        switch (moment.Active.Cause)
        {
            case StopCause.LeaseLost:
                return null;
            case StopCause.CancelRequested:
                return End(moment, RunState.Cancelled, $"cancelled while it was running ({reason})", output);
        }

        var failures = Math.Max(1, moment.Active.Run.Attempt - moment.Active.Run.Lost);
        if (!RetryCauses.Allow(moment.Policies.Retry, causes))
        {
            return End(moment, RunState.Failed, reason + " (not a cause that is retried)", output);
        }

        if (RetryDelay.After(failures, moment.Policies.Retry, Random.Shared.NextDouble()) is not { } wait)
        {
            var attempts = moment.Policies.Retry.MaxAttempts > 1 ? $" (attempt {failures} of {moment.Policies.Retry.MaxAttempts})" : "";
            return End(moment, RunState.Failed, reason + attempts, output);
        }

        var readyAt = moment.EndedAt + (after ?? wait);
        return Base(moment, RunState.Retrying, reason, output) with { ReadyAt = readyAt, AttemptOutcome = "retry" };
    }

    private static RunCompletion Snooze(Moment moment, DateTimeOffset until) => Base(moment, RunState.Retrying, "snoozed", null) with
    {
        ReadyAt = until > moment.EndedAt ? until : moment.EndedAt,
        Attempt = moment.Active.Run.Attempt - 1,
        AttemptOutcome = "snooze",
    };

    private static RunCompletion End(Moment moment, RunState state, string? reason, JsonNode? output) => Base(moment, state, reason, output);

    private static RunCompletion Base(Moment moment, RunState state, string? reason, JsonNode? output) => new()
    {
        Run = moment.Active.Run,
        State = state,
        Reason = reason is null ? null : StoredText.Clean(moment.Active.Hidden.Hide(reason), PlatformDefaults.ReasonLimit),
        Output = OutputOf(moment.Active.Hidden.Hide(output)),
        StartedAt = moment.StartedAt,
        EndedAt = moment.EndedAt,
        Attempt = moment.Active.Run.Attempt,
        Progress = state == RunState.Succeeded && moment.Active.LastProgress is not null ? (short)100 : moment.Active.LastProgress?.Percent,
        ProgressText = moment.Active.LastProgress?.Text,
    };

    private static string? OutputOf(JsonNode? output)
    {
        if (output is null)
        {
            return null;
        }

        var json = StoredText.CleanJson(output.ToJsonString());
        var bytes = Encoding.UTF8.GetByteCount(json);
        return bytes <= PlatformDefaults.OutputLimit ? json : new JsonObject
        {
            ["truncated"] = $"The output had {bytes} bytes; at most {PlatformDefaults.OutputLimit} are kept.",
            ["start"] = StoredText.Clean(json, PlatformDefaults.OutputLimit / 8),
        }.ToJsonString();
    }

    private sealed record Moment(ActiveRun Active, DateTimeOffset StartedAt, DateTimeOffset EndedAt, EffectivePolicies Policies);
}
