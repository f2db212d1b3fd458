using Refresher.Core.Contract;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>Why a running attempt was told to end.</summary>
internal enum StopCause
{
    None,
    TimeLimit,
    CancelRequested,
    LeaseLost,
    Shutdown,
}

/// <summary>A run this worker holds: claimed, and perhaps already executing.</summary>
internal sealed class ActiveRun(ClaimedRun run, string queue, long claimedTimestamp) : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private int _cause;
    private long _renewedAt = claimedTimestamp;
    private Progress? _progress;
    private Progress? _told;

    public ClaimedRun Run => run;

    public string Queue => queue;

    /// <summary>Timestamp of the monotonic timer from before its claim.</summary>
    public long ClaimedAt { get; } = claimedTimestamp;

    public RunLog Log { get; } = new(run.Id, run.Attempt, run.Fence);

    /// <summary>Secrets of the options, which nothing that the run says may show.</summary>
    public HiddenTexts Hidden
    {
        get => Log.Hidden;
        set => Log.Hidden = value;
    }

    public CancellationToken Cancel => _cancel.Token;

    public StopCause Cause => (StopCause)Volatile.Read(ref _cause);

    /// <summary>Timestamp of the monotonic timer when the lease was last known to be ours.</summary>
    public long RenewedAt => Interlocked.Read(ref _renewedAt);

    public Progress? LastProgress => Volatile.Read(ref _progress);

    public void Renewed(long timestamp) => Interlocked.Exchange(ref _renewedAt, timestamp);

    public void Report(Progress progress) => Volatile.Write(ref _progress, progress);

    /// <summary>Progress that nobody was told yet; null when there is none.</summary>
    public Progress? TakeProgress()
    {
        var progress = LastProgress;
        return progress == Interlocked.Exchange(ref _told, progress) ? null : progress;
    }

    /// <summary>Tells the attempt to end; the first cause counts.</summary>
    public void Stop(StopCause cause)
    {
        if (Interlocked.CompareExchange(ref _cause, (int)cause, (int)StopCause.None) == (int)StopCause.None)
        {
            try
            {
                // Callbacks of a task's token are the task's code: they run elsewhere, never on the loop that stops it.
                _ = _cancel.CancelAsync();
            }
            catch (ObjectDisposedException)
            {
                // It ended in this very moment.
            }
        }
    }

    public void Dispose() => _cancel.Dispose();
}

/// <summary>How far a run is.</summary>
/// <param name="Percent">0 to 100.</param>
internal sealed record Progress(short Percent, string? Text);
