namespace Refresher.Core.Queue;

/// <summary>The topics of a batch, kept short: past a handful nobody is watching each of them, and the general one says enough.</summary>
internal static class LiveTopics
{
    private const int Most = 200;

    public static IReadOnlyCollection<string> Of(IReadOnlyCollection<QueuedRun> runs) => Of(runs.Select(run => run.Id));

    /// <summary>New lines: interesting to those who watch the run, not to lists.</summary>
    public static IReadOnlyCollection<string> OfLogs(IEnumerable<Guid> runs) => [.. runs.Distinct().Take(Most).Select(LiveSignal.Run)];

    public static IReadOnlyCollection<string> Of(IEnumerable<Guid> runs) => [LiveSignal.Runs, .. runs.Distinct().Take(Most).Select(LiveSignal.Run)];
}
