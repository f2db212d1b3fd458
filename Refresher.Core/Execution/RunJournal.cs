using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Limits;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Telemetry;
using Refresher.Core.Watch;

namespace Refresher.Core.Execution;

/// <summary>
/// Writes what executions produce, in groups: log lines at least five times a second, endings within 20 ms. A run's lines are committed
/// before its end, so that whoever sees the end can read the whole log. While PostgreSQL is away everything waits here, within bounds.
/// </summary>
internal sealed partial class RunJournal(
    RunCompletions completions, RunLogStore logs, ActiveRuns active, RunDispatch dispatch, LiveSignals signals, RunSightings sightings, ILogger<RunJournal> log)
{
    private const int BatchSize = 500;
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LogsEvery = TimeSpan.FromMilliseconds(200);

    /// <summary>How long it sleeps at most while no run says anything.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(1);

    private readonly Channel<(ActiveRun Active, RunCompletion Completion)> _ended = Channel.CreateBounded<(ActiveRun, RunCompletion)>(4 * BatchSize);

    /// <summary>Hands an ending over; waits when too many are not written yet, which in turn keeps the worker from taking more.</summary>
    public ValueTask AddAsync(ActiveRun run, RunCompletion completion) => _ended.Writer.WriteAsync((run, completion));

    /// <summary>No ending comes any more: what is there is written, then <see cref="RunAsync"/> returns.</summary>
    public void Complete() => _ended.Writer.TryComplete();

    /// <summary>Writes until <see cref="Complete"/> was called and everything is written, or <paramref name="cancel"/> fires.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        var reader = _ended.Reader;
        var more = reader.WaitToReadAsync(cancel).AsTask();
        var lines = active.LinesWait.WaitAsync(Quiet, cancel);
        while (true)
        {
            if (await Task.WhenAny(more, lines) == lines)
            {
                // What comes within this moment goes along.
                await Task.WhenAny(more, Task.Delay(LogsEvery, cancel));
                lines = active.LinesWait.WaitAsync(Quiet, cancel);
            }

            if (!more.IsCompleted)
            {
                await WriteLogsAsync(active.TakeLines(), cancel);
                continue;
            }

            if (!await more)
            {
                await WriteLogsAsync(active.TakeLines(), cancel);
                return;
            }

            await WriteAsync(await GatherAsync(reader, cancel), cancel);
            more = reader.WaitToReadAsync(cancel).AsTask();
        }
    }

    private static async Task<List<(ActiveRun Active, RunCompletion Completion)>> GatherAsync(ChannelReader<(ActiveRun, RunCompletion)> reader, CancellationToken cancel)
    {
        var batch = new List<(ActiveRun, RunCompletion)>();
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(Gather);
        try
        {
            do
            {
                while (batch.Count < BatchSize && reader.TryRead(out var ended))
                {
                    batch.Add(ended);
                }
            }
            while (batch.Count < BatchSize && await reader.WaitToReadAsync(time.Token));
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The group is as large as it gets in time.
        }

        return batch;
    }

    private async Task WriteAsync(List<(ActiveRun Active, RunCompletion Completion)> batch, CancellationToken cancel)
    {
        await WriteLogsAsync(active.TakeLines(), cancel);
        var outcomes = batch.ConvertAll(ended => ended.Completion);
        var spans = RunSpans.Begin("outcome", ActivityKind.Internal, outcomes.Select(one => (one.Run.Id, one.Run.Kind, one.Trace ?? one.Run.TraceParent)));
        var (written, aftermath) = await PersistAsync(outcomes.ConvertAll(one => one with { Trace = spans.TraceOf(one.Run.Id) }), cancel);
        foreach (var (run, completion) in batch)
        {
            active.Remove(run);
            var ours = written.ContainsKey(completion.Run.Id);
            spans.Measure(completion.Run.Id, () => RunMeasures.Ended(completion, ours));
            if (!ours)
            {
                LogNotOurs(completion.Run.Id, completion.Run.Fence);
            }
            else
            {
                sightings.Ended(completion);
            }

            run.Dispose();
        }

        spans.End(written.ContainsKey);
        Granted handedBack = new([.. batch.Where(e => e.Completion.State == RunState.Queued && written.ContainsKey(e.Completion.Run.Id)).Select(e => written[e.Completion.Run.Id])], false);
        await dispatch.SendAsync(aftermath with { Granted = aftermath.Granted + handedBack }, written.Keys);
    }

    private async Task<(IReadOnlyDictionary<Guid, QueuedRun> Ours, Aftermath Aftermath)> PersistAsync(List<RunCompletion> batch, CancellationToken cancel)
    {
        var wait = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        while (true)
        {
            try
            {
                return await completions.WriteAsync(batch, cancel);
            }
            catch (NpgsqlException error) when (!IsOwnFault(error))
            {
                // PostgreSQL is away. Leases may end meanwhile; then the fence keeps these endings out.
                LogRetry(batch.Count, error.Message);
                await wait.DelayAsync(cancel);
                cancel.ThrowIfCancellationRequested();
            }
            catch (Exception error) when (error is not OperationCanceledException && batch.Count > 1)
            {
                // One ending spoils the batch: each goes alone, and the bad one is found.
                var (all, aftermath) = (new Dictionary<Guid, QueuedRun>(), Aftermath.Nothing);
                foreach (var one in batch)
                {
                    var (ours, after) = await PersistAsync([one], cancel);
                    all = new(all.Concat(ours));
                    aftermath += after;
                }

                return (all, aftermath);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogUnwritable(error, batch[0].Run.Id);
                return await completions.WriteAsync([Without(batch[0], error)], cancel);
            }
        }
    }

    private async Task WriteLogsAsync(IReadOnlyList<RunLogLine> lines, CancellationToken cancel)
    {
        if (lines.Count == 0)
        {
            return;
        }

        var wait = new Backoff(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(2));
        while (true)
        {
            try
            {
                await logs.WriteAsync(lines, cancel);
                await signals.PublishAsync(LiveTopics.OfLogs(lines.Select(line => line.RunId)));
                return;
            }
            catch (NpgsqlException error) when (!IsOwnFault(error))
            {
                LogRetry(lines.Count, error.Message);
                await wait.DelayAsync(cancel);
                cancel.ThrowIfCancellationRequested();
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                LogLinesLost(error, lines.Count);
                return;
            }
        }
    }

    // Data that PostgreSQL refuses stays refused; anything else (gone, starting, too many connections, deadlock) passes.
    private static bool IsOwnFault(NpgsqlException error) =>
        error is PostgresException { SqlState: [var first, var second, ..] } && (first, second) is ('2', '2') or ('2', '3') or ('4', '2');

    private static RunCompletion Without(RunCompletion completion, Exception error) => completion with
    {
        Output = null,
        State = completion.State == RunState.Succeeded ? RunState.Failed : completion.State,
        Reason = StoredText.Clean($"The outcome could not be written: {error.Message}", PlatformDefaults.ReasonLimit),
    };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The outcome of run {Run} was not written: this worker's lease (fence {Fence}) had gone to another.")]
    private partial void LogNotOurs(Guid run, int fence);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} row(s) wait for PostgreSQL: {Reason}")]
    private partial void LogRetry(int count, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "The outcome of run {Run} cannot be stored as it is.")]
    private partial void LogUnwritable(Exception error, Guid run);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Count} log line(s) could not be stored.")]
    private partial void LogLinesLost(Exception error, int count);
}
