namespace Refresher.Bench.SiteMonitor;

internal sealed class CheckMeasurement : IMeasurement
{
    public string Help => """
        checks       what a check of a site costs from the look to the row, and blackbox_exporter's look beside it; how exact many periods are
                     [--looks N (20000)] [--cost-sites N at 5 s (2500)] [--sites N at 30 s (10000)] [--seconds N (60)] [--only look|cost|peers|periods]
        """;

    public IReadOnlyDictionary<string, Func<BenchOptions, Figures, TextWriter, Task>> Verbs { get; } = new Dictionary<string, Func<BenchOptions, Figures, TextWriter, Task>>
    {
        ["checks"] = (options, figures, _) => CheckBench.RunAsync(options, figures),
        [ProbedSite.Verb] = (_, _, output) => ProbedSite.ServeAsync(output),
    };
}
