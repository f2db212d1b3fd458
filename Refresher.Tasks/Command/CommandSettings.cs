namespace Refresher.Tasks.Command;

/// <summary>What the operator of a machine lets commands do there (section <c>Command</c>). Nothing, unless it is written down.</summary>
public sealed record CommandSettings
{
    public const string Section = "Command";

    /// <summary>The commands that may run; one entry that fits is enough.</summary>
    public IReadOnlyList<AllowedCommand> Allow { get; init; } = [];

    /// <summary>Names of the worker's own environment variables that every command gets, besides PATH, HOME and the like.</summary>
    public IReadOnlyList<string> PassEnvironment { get; init; } = [];
}

/// <summary>One program that may run, and with what.</summary>
public sealed record AllowedCommand
{
    /// <summary>Full path, or a name to be found in the worker's PATH.</summary>
    public string Program { get; init; } = "";

    /// <summary>
    /// A pattern per argument: <c>*</c> stands for any characters, <c>\</c> takes the next one as it is, and a last <c>**</c>
    /// stands for any further arguments. Left out: any arguments; empty: none.
    /// </summary>
    public string[]? Arguments { get; init; }

    /// <summary>Names of variables that a schedule may set; left out: none, since some (LD_PRELOAD) run other code.</summary>
    public IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>The folder it must start in; left out: any.</summary>
    public string? WorkingDirectory { get; init; }
}
