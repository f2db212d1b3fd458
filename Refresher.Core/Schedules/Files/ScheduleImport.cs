using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Schedules.Files;

/// <summary>Makes the schedules what a file says, by their keys: all of it in one transaction, or nothing. A dry run only says what it would do.</summary>
public sealed class ScheduleImport(RefresherDb db, KindCatalog kinds, OptionSecrets secrets, ScheduleChanges changes, LiveSignals signals)
{
    /// <param name="text">The file.</param>
    /// <param name="prune">Also delete every schedule that the file does not have and no kind declares. A file without schedules is then refused.</param>
    public async Task<Result<ImportPlan>> RunAsync(string text, ScheduleFileFormat format, bool dryRun, bool prune, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (ScheduleFile.Read(text, format, errors) is not { } file)
        {
            return Result<ImportPlan>.Invalid(errors);
        }

        if (prune && file.Documents.Count == 0)
        {
            return Result<ImportPlan>.Invalid(errors.Add(ScheduleFile.List, $"{ScheduleFile.List} is empty, and with prune that would delete every schedule; delete them in the list if that is meant."));
        }

        string[] keys = [.. file.Documents.Select(document => document["key"]?.ToString()).OfType<string>().Where(key => !key.Contains('\0', StringComparison.Ordinal))];
        if (dryRun)
        {
            return await PlanAsync(file, await StoredAsync(db.Schedules.AsNoTracking(), keys, prune, cancel), apply: false, cancel);
        }

        try
        {
            var done = await db.Database.CreateExecutionStrategy().ExecuteAsync(() => ApplyAsync(file, keys, prune, cancel));
            if (done.Value is { } plan && plan.Count(ImportAction.Unchanged) < plan.Schedules.Count)
            {
                await signals.PublishAsync([LiveSignal.Schedules, LiveSignal.Runs]);
            }

            return done;
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            return Result<ImportPlan>.Refused("Somebody made a schedule with one of these keys just now. Nothing was imported; do it again.");
        }
    }

    private async Task<Result<ImportPlan>> ApplyAsync(ScheduleFile file, string[] keys, bool prune, CancellationToken cancel)
    {
        // What an attempt that was cut has read and changed is forgotten.
        db.ChangeTracker.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        await changes.LockAsync(keys, prune, cancel);
        var done = await PlanAsync(file, await StoredAsync(db.Schedules, keys, prune, cancel), apply: true, cancel);
        if (done.Value is not null)
        {
            await transaction.CommitAsync(cancel);
        }

        db.ChangeTracker.Clear();
        return done;
    }

    private async Task<Result<ImportPlan>> PlanAsync(ScheduleFile file, Dictionary<string, Schedule> stored, bool apply, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var documents = new ScheduleDocuments(file, kinds, secrets, errors);
        var wanted = documents.Read(stored);
        if (errors.Count == 0)
        {
            await ScheduleChain.CheckAsync(db, [.. wanted.Select(schedule => schedule.Read)], [.. stored.Keys.Except(wanted.Select(schedule => schedule.Read.Key))], documents.Blame, cancel);
            await CalendarUse.HoldAsync(db, [.. wanted.Select(schedule => schedule.Input.Calendars ?? [])], documents.Blame, cancel);
        }

        if (errors.Count > 0)
        {
            return Result<ImportPlan>.Invalid(errors);
        }

        var plan = changes.Plan(wanted, stored);
        if (apply)
        {
            await changes.ApplyAsync(plan, wanted, stored, cancel);
        }

        return Result<ImportPlan>.Done(new ImportPlan(!apply, plan));
    }

    private static Task<Dictionary<string, Schedule>> StoredAsync(IQueryable<Schedule> schedules, string[] keys, bool all, CancellationToken cancel) =>
        schedules.Where(schedule => keys.Contains(schedule.Key) || (all && (schedule.Declaration == null || schedule.Declaration.WithdrawnAt != null))).ToDictionaryAsync(schedule => schedule.Key, StringComparer.Ordinal, cancel);
}
