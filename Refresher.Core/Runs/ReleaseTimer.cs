using Refresher.Core.Execution;

namespace Refresher.Core.Runs;

/// <summary>What this scheduler will release soon, by the instant. A hint that may be lost: <see cref="RunReleaser"/> finds every row again.</summary>
internal sealed class ReleaseTimer
{
    private readonly Lock _lock = new();
    private readonly PriorityQueue<WaitingRun, DateTimeOffset> _byTime = new();
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

    public void Add(IEnumerable<WaitingRun> runs, TimeSpan courtesy = default)
    {
        var earlier = false;
        lock (_lock)
        {
            foreach (var run in runs)
            {
                var at = run.ReadyAt + courtesy;
                if (_known.Add(run.Id))
                {
                    earlier |= !_byTime.TryPeek(out _, out var first) || at < first;
                    _byTime.Enqueue(run, at);
                }
            }
        }

        if (earlier)
        {
            Changed.Set();
        }
    }

    /// <summary>Takes out what is due at <paramref name="now"/>, at most <paramref name="most"/>.</summary>
    public List<WaitingRun> TakeDue(DateTimeOffset now, int most)
    {
        var due = new List<WaitingRun>();
        lock (_lock)
        {
            while (due.Count < most && _byTime.TryPeek(out var run, out var at) && at <= now)
            {
                _byTime.Dequeue();
                _known.Remove(run.Id);
                due.Add(run);
            }
        }

        return due;
    }
}
