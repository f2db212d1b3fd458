using Refresher.Core.Execution;

namespace Refresher.Core.Runs;

/// <summary>What is to be done soon, by the instant, each thing once. A hint that may be lost: the rows say the same.</summary>
internal abstract class TimeLine<T>(Func<T, Guid> idOf)
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<T, DateTimeOffset> _byTime = new();
    private readonly HashSet<Guid> _known = [];

    /// <summary>Set when something earlier than before was added.</summary>
    public Signal Changed { get; } = new();

    /// <summary>The earliest instant at which there is something to do; null when there is nothing.</summary>
    public DateTimeOffset? Next
    {
        get
        {
            lock (_lock)
            {
                return _byTime.TryPeek(out _, out var at) ? at : null;
            }
        }
    }

    public void Add(IEnumerable<(T Item, DateTimeOffset At)> items)
    {
        var earlier = false;
        lock (_lock)
        {
            foreach (var (item, at) in items)
            {
                if (_known.Add(idOf(item)))
                {
                    earlier |= !_byTime.TryPeek(out _, out var first) || at < first;
                    _byTime.Enqueue(item, at);
                }
            }
        }

        if (earlier)
        {
            Changed.Set();
        }
    }

    /// <summary>Takes out what is due at <paramref name="now"/>, at most <paramref name="most"/>.</summary>
    public List<T> TakeDue(DateTimeOffset now, int most)
    {
        var due = new List<T>();
        lock (_lock)
        {
            while (due.Count < most && _byTime.TryPeek(out var item, out var at) && at <= now)
            {
                _byTime.Dequeue();
                _known.Remove(idOf(item));
                due.Add(item);
            }
        }

        return due;
    }

    /// <summary>Waits until something is due, something earlier was added, or <paramref name="longest"/> has passed.</summary>
    public Task WaitAsync(TimeProvider clock, TimeSpan longest, CancellationToken cancel)
    {
        var wait = Next is { } next ? next - clock.GetUtcNow() : longest;

        // The timer's resolution is a millisecond: rounded up, it does not wake just before the instant to go round once more.
        return Changed.WaitAsync(wait < longest ? TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, wait.TotalMilliseconds))) : longest, cancel);
    }
}
