namespace Refresher.Bench;

/// <summary>Measurements of a task.</summary>
internal interface IMeasurement
{
    /// <summary>Lines of the help; empty: none.</summary>
    string Help { get; }

    /// <summary>By the words that ask for them, those included by which the bench starts itself as another process.</summary>
    IReadOnlyDictionary<string, Func<BenchOptions, Figures, TextWriter, Task>> Verbs { get; }
}
