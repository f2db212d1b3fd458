using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Core.Telemetry;
using Refresher.Core.Watch;

namespace Refresher.Core.Execution;

/// <summary>Executes one attempt: options, time limit, cancel, grace; and says how it ended. Never throws.</summary>
internal sealed partial class RunExecutor(KindCatalog kinds, OptionSecrets secrets, IServiceScopeFactory scopes, RunSightings sightings, TimeProvider clock, ILogger<RunExecutor> log)
{
    /// <returns>How it ended; null when the run is not ours any more and there is nothing to say.</returns>
    public async Task<RunCompletion?> ExecuteAsync(ActiveRun active)
    {
        var run = active.Run;
        var kind = kinds.Find(run.Kind);
        var startedAt = clock.GetUtcNow();
        sightings.Began(run, startedAt);
        using var activity = StartActivity(run);
        var ending = kind is { CanRun: true }
            ? await AttemptAsync(active, kind, run.Effective(kind))
            : Ending.Of(RunOutcome.Failure($"This worker does not know the kind '{run.Kind}'. Is it of an older version?"));
        var completion = AttemptEnding.Complete(active, ending, startedAt, clock.GetUtcNow(), run.Effective(kind));
        activity?.SetTag("refresher.run.state", completion?.State.Word() ?? "lost");
        activity?.SetStatus(completion?.State == RunState.Failed ? ActivityStatusCode.Error : ActivityStatusCode.Ok);
        LogEnded(run.Id, run.Kind, run.Attempt, completion?.State);
        return completion is null ? null : completion with { Trace = activity?.Id };
    }

    private static Activity? StartActivity(ClaimedRun run)
    {
        var activity = RefresherTelemetry.Source.StartActivity("run " + run.Kind, ActivityKind.Consumer, run.TraceParent);
        activity?.SetTag("refresher.run.id", run.Id).SetTag("refresher.run.kind", run.Kind).SetTag("refresher.run.attempt", run.Attempt);
        return activity;
    }

    private async Task<Ending> AttemptAsync(ActiveRun active, KindDescriptor kind, EffectivePolicies policies)
    {
        if (Read(active, kind, out var options) is { } unfit)
        {
            return Ending.Of(RunOutcome.Failure(unfit));
        }

        RunLoggerProvider.Enter(active.Log);
        var work = InvokeAsync(active, kind, options!);
        if (work.IsCompleted)
        {
            return await Ending.OfAsync(work);
        }

        using var limit = clock.CreateTimer(_ => active.Stop(StopCause.TimeLimit), null, policies.Timeout, Timeout.InfiniteTimeSpan);
        var told = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = active.Cancel.Register(told.SetResult);
        if (await Task.WhenAny(work, told.Task) != work && await Task.WhenAny(work, Task.Delay(PlatformDefaults.Grace, clock)) != work)
        {
            // The task ignores its token. Its thread cannot be taken away, but its slot is given to others and its outcome is ignored.
            return Ending.Abandoned;
        }

        return await Ending.OfAsync(work);
    }

    /// <summary>Opens the secrets, for this attempt alone, and reads the options.</summary>
    /// <returns>What is wrong with them; null when nothing is.</returns>
    private string? Read(ActiveRun active, KindDescriptor kind, out object? options)
    {
        options = null;
        try
        {
            (var plain, active.Hidden) = secrets.Open(kind, active.Run.Options);
            return KindOptions.TryRead(kind, plain, out options) is { Count: > 0 } errors ? $"The options do not fit any more: {errors}" : null;
        }
        catch (UnreadableSecretException error)
        {
            return error.Message;
        }
    }

    private async Task<RunOutcome> InvokeAsync(ActiveRun active, KindDescriptor kind, object options)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await kind.RunAsync(scope.ServiceProvider, options, new ExecutingRun(active, clock), active.Cancel);
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Run {Run} of {Kind}, attempt {Attempt}: {State}")]
    private partial void LogEnded(Guid run, string kind, int attempt, RunState? state);
}

/// <summary>What came out of an attempt: a value, an exception, or nothing within the grace.</summary>
internal sealed record Ending(RunOutcome? Outcome, Exception? Error)
{
    public static Ending Abandoned { get; } = new(null, null);

    public static Ending Of(RunOutcome outcome) => new(outcome, null);

    public static async Task<Ending> OfAsync(Task<RunOutcome> work)
    {
        try
        {
            return new Ending(await work, null);
        }
        catch (Exception error)
        {
            return new Ending(null, error);
        }
    }
}
