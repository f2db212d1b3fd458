using System.Diagnostics;

namespace Refresher.Core.Telemetry;

/// <summary>
/// One step of several runs that are handled together: a span for each, in the trace of its run, which goes from the tick over the release and the attempt to
/// the outcome. They are told when what they speak of is committed; those that are not ended are forgotten.
/// </summary>
internal sealed class RunSpans
{
    private readonly Dictionary<Guid, Activity> _spans = [];

    /// <param name="step">What is done, the first word of each name; the second is the kind.</param>
    /// <param name="runs">Each with the context it goes on in; null begins a trace.</param>
    public static RunSpans Begin(string step, ActivityKind kind, IEnumerable<(Guid Run, string Kind, string? Parent)> runs)
    {
        var spans = new RunSpans();
        if (!RefresherTelemetry.Source.HasListeners())
        {
            return spans;
        }

        // None of them is the current one: what happens meanwhile is done for all.
        var current = Activity.Current;
        Activity.Current = null;
        foreach (var (run, runKind, parent) in runs)
        {
            if (RefresherTelemetry.Source.StartActivity($"{step} {runKind}", kind, ContextOf(parent)) is { } span)
            {
                span.SetTag("refresher.run.id", run).SetTag("refresher.run.kind", runKind);
                spans._spans[run] = span;
                Activity.Current = null;
            }
        }

        Activity.Current = current;
        return spans;
    }

    /// <summary>The context as W3C text; default when there is none or it cannot be read.</summary>
    public static ActivityContext ContextOf(string? trace) => ActivityContext.TryParse(trace, null, isRemote: true, out var context) ? context : default;

    /// <summary>The context in which the run goes on after this step; null when nobody listens.</summary>
    public string? TraceOf(Guid run) => _spans.GetValueOrDefault(run)?.Id;

    /// <summary>Measures something of a run's step: what is measured carries its trace as an exemplar.</summary>
    public void Measure(Guid run, Action measure)
    {
        var current = Activity.Current;
        Activity.Current = _spans.GetValueOrDefault(run) ?? current;
        measure();
        Activity.Current = current;
    }

    /// <summary>Ends those of the runs for which the step was taken.</summary>
    public void End(Func<Guid, bool> taken)
    {
        var current = Activity.Current;
        foreach (var (run, span) in _spans)
        {
            if (taken(run))
            {
                span.Stop();
            }
        }

        Activity.Current = current;
    }
}
