using System.Diagnostics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Data;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using StackExchange.Redis;

namespace Refresher.Core.Execution;

/// <summary>
/// A worker: asks the streams for as many runs as it has room for, highest priority first, claims them in PostgreSQL, and executes them.
/// On a stop it takes nothing more, lets what runs finish within the grace, hands back the rest, and writes everything before it goes.
/// </summary>
internal sealed partial class WorkerLoop(
    IOptions<WorkerOptions> options, RunQueue queue, RunClaims claims, WorkerSlots slots, ActiveRuns active, RunJournal journal, LeaseKeeper leases,
    WorkerSignals signals, WorkerStance stance, NodeName node, ClusterClock clock, SchemaGate gate, ILogger<WorkerLoop> log) : BackgroundService
{
    /// <summary>Entries that a worker took and did not claim for this long belong to one that died.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromSeconds(5);

    /// <summary>How often it looks by itself, should a wake-up be lost.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(5);

    /// <summary>Where entries were taken that could not be claimed because their queue was paused: they stay ours, in their order.</summary>
    private readonly HashSet<(string Queue, int Priority)> _kept = [];

    private long _tookOverAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.WaitAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        leases.Start();
        using var writing = new CancellationTokenSource();
        var written = Task.Run(() => journal.RunAsync(writing.Token), CancellationToken.None);
        await TakeUntilStoppedAsync(stoppingToken);
        await FinishAsync();
        journal.Complete();
        writing.CancelAfter(LastWords);
        await written.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!written.IsCompletedSuccessfully)
        {
            LogUnwritten(active.Count);
        }

        await leases.StopAsync();
        await LeaveAsync();
    }

    private async Task TakeUntilStoppedAsync(CancellationToken stop)
    {
        var wait = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        while (!stop.IsCancellationRequested)
        {
            try
            {
                if (!stance.Known.IsCompleted)
                {
                    await stance.Known.WaitAsync(stop);
                }
                else if (slots.Room <= 0)
                {
                    await slots.RoomChanged.WaitAsync(LookEvery, stop);
                }
                else if (stance.IsDraining || !await TakeAsync(stop))
                {
                    await signals.Wake.WaitAsync(LookEvery, stop);
                }

                wait.Reset();
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                LogCannotTake(error.Message);
                await wait.DelayAsync(stop);
            }
        }
    }

    /// <returns>False when there was nothing to take.</returns>
    private async Task<bool> TakeAsync(CancellationToken stop)
    {
        var takeOver = clock.GetElapsedTime(_tookOverAt) > Abandoned;
        if (takeOver)
        {
            _tookOverAt = clock.GetTimestamp();
        }

        var took = false;
        foreach (var name in options.Value.QueuesOrDefault.Where(name => !stance.IsHeld(name)))
        {
            var lengths = await queue.LengthsAsync(name);
            for (var priority = 0; priority < RunQueue.Priorities && slots.Room > 0 && !stop.IsCancellationRequested; priority++)
            {
                if (lengths[priority] == 0)
                {
                    continue;
                }

                var deliveries = await TakeKeptAsync(name, priority) is { Count: > 0 } kept ? kept : await queue.TakeAsync(name, priority, node.Value, slots.Room);
                if (takeOver && deliveries.Count == 0)
                {
                    deliveries = await queue.TakeOverAsync(name, priority, node.Value, Abandoned, slots.Room);
                }

                took |= await ClaimAsync(name, priority, deliveries);
            }
        }

        return took;
    }

    private async Task<IReadOnlyList<Delivery>> TakeKeptAsync(string name, int priority)
    {
        if (!_kept.Contains((name, priority)))
        {
            return [];
        }

        var kept = await queue.TakeAgainAsync(name, priority, node.Value, slots.Room);
        if (kept.Count == 0)
        {
            _kept.Remove((name, priority));
        }

        return kept;
    }

    /// <returns>False when there was nothing to claim, or its queue is paused.</returns>
    private async Task<bool> ClaimAsync(string name, int priority, IReadOnlyList<Delivery> deliveries)
    {
        if (deliveries.Count == 0)
        {
            return false;
        }

        // Not cancellable: between the claim's commit and its answer a run would be ours without our knowing.
        var claimedAt = Stopwatch.GetTimestamp();
        var claim = await claims.ClaimAsync([.. deliveries.Select(delivery => delivery.RunId).Distinct()], name, node.Value, options.Value.Lease, CancellationToken.None);
        if (claim.Held)
        {
            _kept.Add((name, priority));
            signals.Look.Set();
            return false;
        }

        // The message knows the step before; where it was lost, the row knows the trace.
        var traces = deliveries.Where(delivery => delivery.Trace is not null).ToLookup(delivery => delivery.RunId, delivery => delivery.Trace);
        foreach (var run in claim.Runs)
        {
            slots.Add(run with { TraceParent = traces[run.Id].LastOrDefault() ?? run.TraceParent }, name, claimedAt);
        }

        await queue.ClaimedAsync(name, priority, deliveries);
        return true;
    }

    private async Task FinishAsync()
    {
        foreach (var run in slots.EmptyLine())
        {
            await journal.AddAsync(run, AttemptEnding.HandBack(run, null, clock.GetUtcNow()));
        }

        await WaitForSlotsAsync(options.Value.StopGrace);
        foreach (var run in active.All)
        {
            run.Stop(StopCause.Shutdown);
        }

        await WaitForSlotsAsync(LastWords);
    }

    private async Task WaitForSlotsAsync(TimeSpan longest)
    {
        var began = clock.GetTimestamp();
        while (slots.Busy > 0 && clock.GetElapsedTime(began) < longest)
        {
            await slots.RoomChanged.WaitAsync(TimeSpan.FromMilliseconds(100), CancellationToken.None);
        }
    }

    private async Task LeaveAsync()
    {
        try
        {
            await Task.WhenAll(options.Value.QueuesOrDefault.Select(name => queue.ForgetAsync(name, node.Value)));
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            LogCannotTake(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "No runs can be taken now: {Reason}. Trying again.")]
    private partial void LogCannotTake(string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} run(s) could not be handed back before the end; they are taken over when their leases end.")]
    private partial void LogUnwritten(int count);
}
