namespace Refresher.Core.Execution;

/// <summary>"Something may be there": any number of sets before a wait count as one.</summary>
public sealed class Signal : IDisposable
{
    private readonly SemaphoreSlim _set = new(0, 1);

    public void Set()
    {
        // Whoever takes the set that is found here also sees what was written before.
        Interlocked.MemoryBarrier();
        if (_set.CurrentCount > 0)
        {
            return;
        }

        try
        {
            _set.Release();
        }
        catch (SemaphoreFullException)
        {
            // Another one set it in between.
        }
    }

    /// <summary>Returns when it is set, or after <paramref name="longest"/>.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancel) => _set.WaitAsync(longest > TimeSpan.Zero ? longest : TimeSpan.Zero, cancel);

    public void Dispose() => _set.Dispose();
}

/// <summary>The tick of the scheduler: set each second by Coravel, and at once when somebody changed a schedule.</summary>
public sealed class TickSignal
{
    private long _ticks;

    internal Signal Signal { get; } = new();

    /// <summary>Ticks since the process started.</summary>
    public long Count => Interlocked.Read(ref _ticks);

    /// <summary>A second has passed. Ticks that Coravel replays after a stall collapse into one.</summary>
    public void Tick()
    {
        Interlocked.Increment(ref _ticks);
        Signal.Set();
    }
}
