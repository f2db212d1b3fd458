using System.Collections.Concurrent;
using Refresher.Core.Runs;

namespace Refresher.Core.Execution;

/// <summary>Every run this worker holds a lease on, from the claim until its ending is written.</summary>
internal sealed class ActiveRuns : IDisposable
{
    private readonly ConcurrentDictionary<(Guid Id, int Fence), ActiveRun> _runs = new();
    private readonly ConcurrentDictionary<RunLog, bool> _withLines = new();

    /// <summary>Set when lines wait to be taken.</summary>
    public Signal LinesWait { get; } = new();

    public int Count => _runs.Count;

    public IEnumerable<ActiveRun> All => _runs.Values;

    public void Add(ActiveRun run)
    {
        run.Log.Waiting = () =>
        {
            _withLines[run.Log] = true;
            LinesWait.Set();
        };
        _runs[(run.Run.Id, run.Run.Fence)] = run;
    }

    public void Dispose() => LinesWait.Dispose();

    public void Remove(ActiveRun run) => _runs.TryRemove((run.Run.Id, run.Run.Fence), out _);

    /// <summary>Takes the lines that wait, of all runs.</summary>
    public IReadOnlyList<RunLogLine> TakeLines()
    {
        if (_withLines.IsEmpty)
        {
            return [];
        }

        var lines = new List<RunLogLine>();
        foreach (var log in _withLines.Keys)
        {
            // Removed before it is emptied: a line that comes in between announces itself again.
            _withLines.TryRemove(log, out _);
            lines.AddRange(log.Take());
        }

        return lines;
    }

    /// <summary>Tells the holder of a run to end it.</summary>
    public void Stop(Guid id, StopCause cause)
    {
        foreach (var run in _runs.Values)
        {
            if (run.Run.Id == id)
            {
                run.Stop(cause);
            }
        }
    }
}
