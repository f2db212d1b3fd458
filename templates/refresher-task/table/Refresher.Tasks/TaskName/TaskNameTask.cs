using System.ComponentModel;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Contract;

namespace Refresher.Tasks.TaskName;

/// <summary>Counts the words of a text, and keeps what it counted.</summary>
[Description("Counts the words of a text, and keeps what it counted.")]
public sealed partial class TaskNameTask(RefresherDb db) : IKind, ITask<TaskNameOptions>
{
    public static string Name => "task-name";

    public static void AddServices(IHostApplicationBuilder builder) => builder.Services.TryAddScoped<TaskNameQueries>();

    public static void MapModel(ModelBuilder model) => TaskNameMapping.Map(model);

    public async Task<RunOutcome> RunAsync(TaskNameOptions options, RunContext run, CancellationToken cancel)
    {
        var words = options.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;

        // The run's id is the key: what is done again after a lost worker is kept once.
        var result = await db.Set<TaskNameResult>().FindAsync([run.Id], cancel) ?? db.Add(new TaskNameResult { Id = run.Id }).Entity;
        (result.At, result.Words) = (run.Clock.GetUtcNow(), words);
        await db.SaveChangesAsync(cancel);
        LogCounted(run.Log, words);
        return RunOutcome.Success(new { words });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Counted {Words} words")]
    private static partial void LogCounted(ILogger log, int words);
}
