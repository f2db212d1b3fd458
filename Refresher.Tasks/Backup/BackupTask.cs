using System.ComponentModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Contract;

namespace Refresher.Tasks.Backup;

/// <summary>Takes a backup of the database while everything goes on, and looks into it before it counts. How to restore one stands in the folder's README.</summary>
[Description("Backs the database up into a folder of the worker, checks the file, and keeps the newest ones. Off until the worker's configuration names the folder.")]
internal sealed partial class BackupTask(IOptions<BackupSettings> settings, IConfiguration configuration) : IKind, ITask<BackupOptions>
{
    public static string Name => "backup";

    public static KindDefaults Defaults => new() { Timeout = TimeSpan.FromHours(4) };

    public static IReadOnlyDictionary<string, Func<IConfiguration, string[], Task<int>>> Verbs { get; } = new Dictionary<string, Func<IConfiguration, string[], Task<int>>> { ["restore"] = Restore.RunAsync };

    public static void AddServices(IHostApplicationBuilder builder) =>
        builder.Services.AddOptions<BackupSettings>().BindConfiguration(BackupSettings.Section).ValidateDataAnnotations().ValidateOnStart();

    public async Task<RunOutcome> RunAsync(BackupOptions options, RunContext run, CancellationToken cancel)
    {
        if (settings.Value.Folder is not { Length: > 0 } place)
        {
            return RunOutcome.Failure("Backup:Folder is not set on the worker that took this run: the folder that backups are written to, as in Backup__Folder=/var/lib/refresher/backups.");
        }

        var begun = run.Clock.GetTimestamp();
        var connection = configuration.GetConnectionString("refresher")!;
        var folder = new BackupFolder(place);
        folder.Make();
        var part = folder.PartOf(run.DueAt, run.Id);
        string[] dump = ["--format=custom", $"--compress={options.Compression}", "--no-owner", "--no-privileges", "--lock-wait-timeout=60s", "--no-password", $"--file={part}"];
        if (await PgProgram.RunAsync(settings.Value.PgDump, dump, connection, _ => { }, cancel) is { } failed)
        {
            return RunOutcome.Failure(failed);
        }

        run.Progress(80, "Looking into the file");
        var tables = 0;
        if (await PgProgram.RunAsync(settings.Value.PgRestore, ["--list", part], connection, line => tables += line.Contains(" TABLE DATA ", StringComparison.Ordinal) ? 1 : 0, cancel) is { } unreadable)
        {
            return RunOutcome.Failure($"The backup cannot be read: {unreadable}");
        }

        if (tables == 0)
        {
            return RunOutcome.Failure("The backup has no table in it, so it is none. Is the database of ConnectionStrings:refresher the right one?");
        }

        var path = BackupFolder.Complete(part);
        var file = Path.GetFileName(path);
        var deleted = folder.Thin(options.Keep, abandoned: run.Clock.GetUtcNow() - TimeSpan.FromDays(1));
        LogTaken(run.Log, file, tables, deleted.Count);
        return RunOutcome.Success(new
        {
            file,
            bytes = new FileInfo(path).Length,
            sha256 = await BackupFolder.Sha256Async(path, cancel),
            tables,
            seconds = Math.Round(run.Clock.GetElapsedTime(begun).TotalSeconds, 1),
            kept = folder.Complete().Count,
            deleted,
        });
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{File} has the data of {Tables} tables; {Deleted} older backup(s) deleted.")]
    private static partial void LogTaken(ILogger log, string file, int tables, int deleted);
}
