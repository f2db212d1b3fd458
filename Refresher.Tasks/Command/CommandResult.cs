namespace Refresher.Tasks.Command;

/// <summary>What is kept of a command's run.</summary>
/// <param name="ExitCode">Null when a signal ended it.</param>
/// <param name="Signal">Number of that signal.</param>
/// <param name="Seconds">From start to end.</param>
/// <param name="CpuSeconds">User and system time of the program and of those of its descendants that it waited for.</param>
/// <param name="PeakMemoryBytes">
/// The most resident memory that was seen, of the program and its descendants together; looked at up to four times a second, so
/// a shorter peak may be missed. Null: it was over before the first look.
/// </param>
/// <param name="LeftBehind">Processes that outlived the program and were killed.</param>
/// <param name="Output">First and last part of standard output.</param>
/// <param name="Error">First and last part of standard error.</param>
/// <param name="Cut">Whether some of either was left out.</param>
public sealed record CommandResult(
    int? ExitCode,
    int? Signal,
    double Seconds,
    double CpuSeconds,
    long? PeakMemoryBytes,
    int LeftBehind,
    string Output,
    string Error,
    bool Cut);
