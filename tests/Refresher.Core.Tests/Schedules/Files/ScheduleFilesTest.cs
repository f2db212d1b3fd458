using System.Text;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Files;

namespace Refresher.Core.Tests.Schedules.Files;

/// <summary>A scheduler, and files that are imported and exported.</summary>
public abstract class ScheduleFilesTest : EngineTest
{
    private protected override string Roles => "scheduler";

    private protected Task<Result<ImportPlan>> ImportAsync(string file, ScheduleFileFormat format, bool dryRun, bool prune) =>
        Engine.WithAsync<ScheduleImport, Result<ImportPlan>>(import => import.RunAsync(file, format, dryRun, prune, default));

    private protected async Task<ImportPlan> ImportedAsync(string file, ScheduleFileFormat format = ScheduleFileFormat.Yaml, bool dryRun = false, bool prune = false)
    {
        var result = await ImportAsync(file, format, dryRun, prune);
        return result.Value ?? throw new InvalidOperationException(result.Errors?.ToString() ?? result.Conflict);
    }

    private protected async Task<FieldErrors> RefusedAsync(string file, ScheduleFileFormat format = ScheduleFileFormat.Yaml, bool prune = false)
    {
        var dry = await ImportAsync(file, format, dryRun: true, prune);
        var result = await ImportAsync(file, format, dryRun: false, prune);
        Assert.Equal(dry.Errors?.ToString(), result.Errors?.ToString());
        return result.Errors ?? throw new InvalidOperationException("It was taken.");
    }

    private protected async Task<string> ExportAsync(ScheduleFileFormat format, ScheduleFilter? filter = null)
    {
        using var file = new MemoryStream();
        await Engine.WithAsync<ScheduleExport, bool>(async export =>
        {
            await export.WriteAsync(filter ?? new ScheduleFilter(), format, file, default);
            return true;
        });
        return Encoding.UTF8.GetString(file.ToArray());
    }

    private protected Task<Schedule> FindAsync(string key) => Engine.WithAsync<ScheduleQueries, Schedule>(async queries => (await queries.FindAsync(key, default))!);

    private protected async Task<IEnumerable<string>> KeysAsync() =>
        (await Engine.WithAsync<ScheduleQueries, Page<Schedule>>(queries => queries.ListAsync(new ScheduleFilter(), null, 100, default))).Items.Select(schedule => schedule.Key);
}
