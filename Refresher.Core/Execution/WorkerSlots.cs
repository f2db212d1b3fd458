using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>
/// The places in which this worker executes runs, and a short line before them: claimed ahead only while runs are so brief that waiting
/// for the next claim would take longer than the work.
/// </summary>
internal sealed partial class WorkerSlots(
    IOptions<WorkerOptions> options, RunExecutor executor, RunJournal journal, ActiveRuns active, QueueHolds holds, EndedRuns ended, TimeProvider clock, ILogger<WorkerSlots> log)
{
    /// <summary>Work that may wait in line, as time and as a number of runs.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(20);

    private const int MostAhead = 500;

    private readonly ConcurrentQueue<ActiveRun> _line = new();
    private int _concurrency = options.Value.Slots;
    private int _busy;
    private int _waiting;
    private long _done;
    private long _failed;
    private double _meanSeconds = 1;

    /// <summary>Set when there may be room again.</summary>
    public Signal RoomChanged { get; } = new();

    /// <summary>Runs at once, 1 to 10,000. May change at any time: with fewer, those above end in their own time.</summary>
    public int Concurrency
    {
        get => Volatile.Read(ref _concurrency);
        set
        {
            if (Interlocked.Exchange(ref _concurrency, value) != value)
            {
                StartNext();
                RoomChanged.Set();
            }
        }
    }

    public int Busy => Volatile.Read(ref _busy);

    public long Done => Interlocked.Read(ref _done);

    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>How many runs may be claimed now.</summary>
    public int Room => Concurrency + LineLength - Busy - Volatile.Read(ref _waiting);

    private int LineLength => _meanSeconds >= Ahead.TotalSeconds ? 0 : (int)Math.Min(MostAhead, Concurrency * Ahead.TotalSeconds / Math.Max(_meanSeconds, 1e-5));

    /// <summary>Takes a claimed run in: at once where a slot is free, else in line.</summary>
    /// <param name="claimedAt">Timestamp of the monotonic timer from before the claim.</param>
    public void Add(ClaimedRun claimed, string queue, long claimedAt)
    {
        var run = new ActiveRun(claimed, queue, claimedAt);
        active.Add(run);
        _line.Enqueue(run);
        Interlocked.Increment(ref _waiting);
        StartNext();
    }

    /// <summary>Takes those out that have not begun.</summary>
    public IReadOnlyList<ActiveRun> EmptyLine()
    {
        var waiting = new List<ActiveRun>();
        while (_line.TryDequeue(out var run))
        {
            Interlocked.Decrement(ref _waiting);
            waiting.Add(run);
        }

        return waiting;
    }

    private void StartNext()
    {
        while (Interlocked.Increment(ref _busy) <= Concurrency)
        {
            if (!_line.TryDequeue(out var run))
            {
                break;
            }

            Interlocked.Decrement(ref _waiting);
            _ = Task.Run(() => OccupyAsync(run));
        }

        Interlocked.Decrement(ref _busy);

        // Somebody may have come in line while this slot was counted as busy for a moment.
        if (!_line.IsEmpty && Volatile.Read(ref _busy) < Concurrency)
        {
            StartNext();
        }
    }

    private async Task OccupyAsync(ActiveRun first)
    {
        for (ActiveRun? run = first; run is not null; run = TakeNext())
        {
            var began = Stopwatch.GetTimestamp();
            if (run.Cause == StopCause.LeaseLost || Stopwatch.GetElapsedTime(run.RenewedAt) >= LeaseKeeper.SafePart * options.Value.Lease)
            {
                // The whole process may have stood still while it waited in line: somebody else has it by now.
                active.Remove(run);
            }
            else if (await WasPausedAsync(run))
            {
                await journal.AddAsync(run, AttemptEnding.HandBack(run, null, clock.GetUtcNow()) with { Reason = "handed back: its queue was paused" });
            }
            else
            {
                await ExecuteAsync(run);
            }

            // An old mean that forgets: the last ten or so runs count most.
            _meanSeconds = (0.9 * _meanSeconds) + (0.1 * Stopwatch.GetElapsedTime(began).TotalSeconds);
            RoomChanged.Set();
        }

        Interlocked.Decrement(ref _busy);
        RoomChanged.Set();
        if (!_line.IsEmpty)
        {
            StartNext();
        }
    }

    /// <summary>Whether its queue was paused while it waited in line. What was claimed this moment was claimed because it was not.</summary>
    private async ValueTask<bool> WasPausedAsync(ActiveRun run)
    {
        if (Stopwatch.GetElapsedTime(run.ClaimedAt) < QueueHolds.ClaimIsFresh)
        {
            return false;
        }

        try
        {
            return (await holds.RecentAsync(QueueHolds.LookIsFresh, CancellationToken.None)).Of(run.Queue) is not null;
        }
        catch (Exception error) when (error is NpgsqlException or TimeoutException)
        {
            // Whoever cannot look does not begin: it is handed back when PostgreSQL answers, or taken over when its lease ends.
            LogCannotLook(run.Run.Id, error.Message);
            return true;
        }
    }

    private ActiveRun? TakeNext()
    {
        if (Volatile.Read(ref _busy) > Concurrency || !_line.TryDequeue(out var run))
        {
            return null;
        }

        Interlocked.Decrement(ref _waiting);
        return run;
    }

    private async Task ExecuteAsync(ActiveRun run)
    {
        var completion = await executor.ExecuteAsync(run);
        if (completion is null)
        {
            active.Remove(run);
            Telemetry.RefresherTelemetry.LostLeases.Add(1, new KeyValuePair<string, object?>("kind", run.Run.Kind));
            return;
        }

        Interlocked.Increment(ref _done);
        ended.Count(run.Queue);
        if (completion.State is RunState.Failed or RunState.Retrying)
        {
            Interlocked.Increment(ref _failed);
        }

        await journal.AddAsync(run, completion);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} is handed back: whether its queue is paused cannot be known. {Reason}")]
    private partial void LogCannotLook(Guid run, string reason);
}
