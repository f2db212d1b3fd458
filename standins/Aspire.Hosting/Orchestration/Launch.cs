// Stand-in for Aspire.Hosting: how an instance of a resource becomes a process.
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Orchestration;

/// <summary>A process about to be started.</summary>
internal sealed record Launch(string FileName, IReadOnlyList<string> Arguments)
{
    public string? WorkingDirectory { get; init; }

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>The account to run as; this process's own when null.</summary>
    public Account? Account { get; init; }

    /// <summary>Folders that the account must be able to enter; the working directory when empty.</summary>
    public IReadOnlyList<string> Reach { get; init; } = [];

    /// <summary>Text for its standard input, which keeps secrets out of the process list.</summary>
    public string? Input { get; init; }

    /// <summary>The signal that asks it to end.</summary>
    public int StopSignal { get; init; } = Unix.SigTerm;

    /// <summary>How long it may take to end before it is killed.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>What a launcher may use: the instance's number and the local state.</summary>
internal sealed record LaunchContext(int Replica, StateFolder State, Action<string> Say);

/// <summary>Prepares the process of a resource: data folders, secrets, the command line.</summary>
internal sealed class LauncherAnnotation(Func<LaunchContext, CancellationToken, Task<Launch>> prepare) : IResourceAnnotation
{
    public Func<LaunchContext, CancellationToken, Task<Launch>> Prepare { get; } = prepare;
}

/// <summary>Asks one instance whether it is ready; throws the reason when it is not.</summary>
internal sealed class HealthProbeAnnotation(Func<int, CancellationToken, Task> probe) : IResourceAnnotation
{
    public Func<int, CancellationToken, Task> Probe { get; } = probe;
}

/// <summary>Done once when the resource becomes healthy and before anybody who waits for it starts.</summary>
internal sealed class OnReadyAnnotation(Func<CancellationToken, Task> action) : IResourceAnnotation
{
    public Func<CancellationToken, Task> Action { get; } = action;
}

/// <summary>What a resource tells those that refer to it, beside its connection string; what they say of themselves stands.</summary>
internal sealed class ReferenceAnnotation(Action<IDictionary<string, object>> tell) : IResourceAnnotation
{
    public Action<IDictionary<string, object>> Tell { get; } = tell;
}
