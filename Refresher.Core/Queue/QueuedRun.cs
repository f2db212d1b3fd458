namespace Refresher.Core.Queue;

/// <summary>A run that may be taken: what the dispatch needs to know of it.</summary>
public readonly record struct QueuedRun(Guid Id, string Queue, short Priority)
{
    /// <summary>The trace it goes on in, as W3C trace context, which travels in the message; null: the one in its row.</summary>
    public string? Trace { get; init; }
}

/// <summary>A message of the dispatch: the run, and where its entry stands until it is claimed.</summary>
internal readonly record struct Delivery(Guid RunId, string Entry, string? Trace);
