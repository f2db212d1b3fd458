using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Schedules;

/// <summary>
/// What people and programs do to schedules. Each change and its effect on what is prepared commit together: occurrences prepared and not
/// released are removed, and the next due time is computed anew. Schedulers are told afterwards, so that it acts at once.
/// </summary>
public sealed class ScheduleCommands(RefresherDb db, KindCatalog kinds, OptionSecrets secrets, RunCommands runs, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    public async Task<Result<Schedule>> CreateAsync(ScheduleInput input, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        var read = ScheduleReader.Read(input, null, kinds, secrets, errors);
        await ScheduleChain.CheckAsync(db, input.Key ?? "", read?.ContinueWith, errors, cancel);
        if (read is null || errors.Count > 0)
        {
            return Result<Schedule>.Invalid(errors);
        }

        var now = Instants.FromTicks(Instants.FloorToMillisecond(clock.GetUtcNow().UtcTicks));
        var schedule = new Schedule
        {
            Id = Guid.CreateVersion7(now),
            Key = read.Key,
            Name = input.Name!,
            Kind = input.Kind!,
            Options = read.Options,
            Cadence = read.Cadence,
            CreatedAt = now,
        };
        Fill(schedule, input, read, now);
        if (input.Key is null)
        {
            schedule.Key = await FreeKeyAsync(schedule.Key, cancel);
        }
        else if (await db.Schedules.AnyAsync(s => s.Key == input.Key, cancel))
        {
            return KeyTaken(input.Key);
        }

        audit.Add("schedule.create", AuditedSchedule.Subject(schedule), null, AuditedSchedule.Of(schedule, kinds));
        return await SaveAsync(schedule, () => db.Add(schedule), cancel);
    }

    /// <param name="version">The version the editor saw; null to write over whatever is there.</param>
    public async Task<Result<Schedule>> UpdateAsync(Guid id, ScheduleInput input, uint? version, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (await db.Schedules.SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } schedule)
        {
            return Result<Schedule>.NotFound;
        }

        var read = ScheduleReader.Read(input with { Key = input.Key ?? schedule.Key }, schedule, kinds, secrets, errors);
        await ScheduleChain.CheckAsync(db, schedule.Key, read?.ContinueWith, errors, cancel);
        if (read is null || errors.Count > 0)
        {
            return Result<Schedule>.Invalid(errors);
        }

        if (version is { } seen)
        {
            db.Entry(schedule).Property(s => s.Version).OriginalValue = seen;
        }

        var (before, options) = (AuditedSchedule.Of(schedule, kinds), schedule.Options);
        Fill(schedule, input, read, Instants.FromTicks(Instants.FloorToMillisecond(clock.GetUtcNow().UtcTicks)));
        audit.Add("schedule.update", AuditedSchedule.Subject(schedule), before, AuditedSchedule.Of(schedule, kinds, options));
        return await SaveAsync(schedule, null, cancel);
    }

    /// <summary>Pauses or resumes. Occurrences of the time in between are not made up for.</summary>
    public async Task<Result<Schedule>> SetEnabledAsync(Guid id, bool enabled, CancellationToken cancel)
    {
        if (await db.Schedules.SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } schedule)
        {
            return Result<Schedule>.NotFound;
        }

        audit.Add(
            enabled ? "schedule.resume" : "schedule.pause", AuditedSchedule.Subject(schedule), new() { ["enabled"] = schedule.Enabled }, new() { ["enabled"] = enabled });
        schedule.Enabled = enabled;
        schedule.UpdatedAt = clock.GetUtcNow();
        return await SaveAsync(schedule, null, cancel);
    }

    /// <summary>Deletes schedules. Their runs stay in the history; what is running goes on to its end.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> DeleteAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancel)
    {
        var deleted = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            await RunEndings.LockSchedulesAsync((NpgsqlConnection)db.Database.GetDbConnection(), ids, cancel);
            var count = await DeleteRowsAsync(db, kinds, audit, ids, clock.GetUtcNow(), cancel);
            await transaction.CommitAsync(cancel);
            return count;
        });
        await signals.PublishAsync([LiveSignal.Schedules, LiveSignal.Runs]);
        return deleted;
    }

    /// <summary>Runs it now, beside its cadence.</summary>
    /// <param name="options">Other options for this run alone; null: the schedule's.</param>
    public async Task<Result<Run>> RunNowAsync(Guid id, JsonElement? options, CancellationToken cancel)
    {
        if (await db.Schedules.AsNoTracking().SingleOrDefaultAsync(s => s.Id == id, cancel) is not { } schedule)
        {
            return Result<Run>.NotFound;
        }

        var errors = new FieldErrors();
        var json = options is null ? secrets.Seal(kinds.Find(schedule.Kind), schedule.Options) : ScheduleReader.ReadOptions(schedule.Kind, options, schedule.Options, kinds, secrets, errors);
        if (json is null)
        {
            return Result<Run>.Invalid(errors);
        }

        var now = clock.GetUtcNow();
        var run = new NewRun
        {
            Id = RunId.New(now),
            Kind = schedule.Kind,
            ScheduleId = schedule.Id,
            ScheduleKey = schedule.Key,
            Trigger = RunTrigger.Manual,
            State = RunState.Queued,
            Queue = schedule.Queue,
            Priority = schedule.Priority,
            Options = json,
            ConcurrencyKey = schedule.ConcurrencyKey,
            Policies = schedule.RunPolicies,
            DueAt = now,
        };
        return Result<Run>.Done(await runs.StartAsync(run, audit.Entry(
            "schedule.run", AuditedSchedule.Subject(schedule), null, AuditedRun.OfRunNow(run, options is null ? null : kinds)), cancel));
    }

    /// <summary>Deletes schedules, whose states are locked, and what was prepared of them.</summary>
    /// <returns>How many there were.</returns>
    internal static async Task<int> DeleteRowsAsync(RefresherDb db, KindCatalog kinds, AuditLog audit, IReadOnlyCollection<Guid> ids, DateTimeOffset now, CancellationToken cancel)
    {
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await SchedulePlan.RemovePreparedAsync(connection, ids, now, cancel);
        var gone = await db.Schedules.AsNoTracking().Where(s => ids.Contains(s.Id)).ToListAsync(cancel);
        await AuditLog.WriteAsync(
            connection, [.. gone.Select(s => audit.Entry("schedule.delete", AuditedSchedule.Subject(s), AuditedSchedule.Of(s, kinds), null))], cancel);
        return await db.Schedules.Where(s => ids.Contains(s.Id)).ExecuteDeleteAsync(cancel);
    }

    private async Task<Result<Schedule>> SaveAsync(Schedule schedule, Action? add, CancellationToken cancel)
    {
        try
        {
            add?.Invoke();
            var wrong = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancel);
                if (await CalendarUse.HoldAsync(db, schedule.Calendars, cancel) is { } missing)
                {
                    return missing;
                }

                await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancel);
                await SchedulePlan.RenewAsync((NpgsqlConnection)db.Database.GetDbConnection(), schedule, clock.GetUtcNow(), cancel);
                await transaction.CommitAsync(cancel);
                return null;
            });
            if (wrong is not null)
            {
                db.ChangeTracker.Clear();
                return Result<Schedule>.Invalid(wrong);
            }

            db.ChangeTracker.AcceptAllChanges();
        }
        catch (DbUpdateConcurrencyException)
        {
            db.ChangeTracker.Clear();
            return Result<Schedule>.Refused("Somebody else has changed this schedule meanwhile. Load it again and repeat your change.");
        }
        catch (DbUpdateException error) when (error.InnerException is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation })
        {
            db.ChangeTracker.Clear();
            return KeyTaken(schedule.Key);
        }

        await signals.PublishAsync([LiveSignal.Schedules]);
        return Result<Schedule>.Done(schedule);
    }

    private static Result<Schedule> KeyTaken(string key) => Result<Schedule>.Invalid(new FieldErrors().Add("key", $"key: there is a schedule '{key}' already."));

    private async Task<string> FreeKeyAsync(string key, CancellationToken cancel)
    {
        var taken = await db.Schedules.Where(s => s.Key == key || s.Key.StartsWith(key + "-")).Select(s => s.Key).ToListAsync(cancel);
        return !taken.Contains(key) ? key : Enumerable.Range(2, taken.Count + 1).Select(n => $"{key}-{n}").First(candidate => !taken.Contains(candidate));
    }

    /// <summary>Makes a schedule what an input says; what is left out becomes the default.</summary>
    internal static void Fill(Schedule schedule, ScheduleInput input, ReadSchedule read, DateTimeOffset now)
    {
        schedule.Key = read.Key;
        schedule.Name = input.Name!;
        schedule.Description = input.Description ?? "";
        schedule.Owner = input.Owner ?? "";
        schedule.Tags = [.. (input.Tags ?? []).Distinct(StringComparer.Ordinal)];
        schedule.Kind = input.Kind!;
        schedule.Options = read.Options;
        schedule.Cadence = read.Cadence;
        schedule.Queue = input.Queue ?? PlatformDefaults.Queue;
        schedule.Priority = input.Priority ?? PlatformDefaults.Priority;
        schedule.Enabled = input.Enabled ?? true;
        schedule.StartAt = input.StartAt?.ToUniversalTime();
        schedule.EndAt = input.EndAt?.ToUniversalTime();
        schedule.MaxRuns = input.MaxRuns;
        schedule.Jitter = input.Jitter;
        schedule.Misfire = input.Misfire;
        schedule.MisfireWindow = input.MisfireWindow;
        schedule.Overlap = input.Overlap;
        schedule.OnLost = input.OnLost;
        schedule.ExpireAfter = input.ExpireAfter;
        schedule.Timeout = input.Timeout;
        schedule.LateAfter = input.LateAfter;
        schedule.LongAfter = input.LongAfter;
        schedule.Retry = input.Retry;
        schedule.KeepSucceeded = input.Retention?.Succeeded;
        schedule.KeepOthers = input.Retention?.Others;
        schedule.ConcurrencyKey = input.ConcurrencyKey;
        schedule.ContinueWith = read.ContinueWith;
        schedule.Calendars = [.. (input.Calendars ?? []).Distinct(StringComparer.Ordinal)];
        schedule.UpdatedAt = now;
    }
}
