using System.ComponentModel;
using Microsoft.Extensions.Logging;
using Refresher.Core.Contract;

namespace Refresher.Tasks.TaskName;

/// <summary>Counts the words of a text.</summary>
[Description("Counts the words of a text.")]
public sealed partial class TaskNameTask : IKind, ITask<TaskNameOptions>
{
    public static string Name => "task-name";

    public Task<RunOutcome> RunAsync(TaskNameOptions options, RunContext run, CancellationToken cancel)
    {
        var words = options.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        LogCounted(run.Log, words);
        return Task.FromResult(RunOutcome.Success(new { words }));
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Counted {Words} words")]
    private static partial void LogCounted(ILogger log, int words);
}
