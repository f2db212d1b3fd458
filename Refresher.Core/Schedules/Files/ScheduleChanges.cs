using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Files;

/// <summary>
/// Makes many schedules what they are wanted to be, in the caller's transaction and with the effects of <see cref="ScheduleCommands"/>:
/// what differs is written and its plan renewed, what does not is not touched.
/// </summary>
public sealed class ScheduleChanges(RefresherDb db, KindCatalog kinds, AuditLog audit, TimeProvider clock)
{
    /// <summary>Whoever changes many at once waits for the others. The number is "refimp", to be no other lock's.</summary>
    private const long Turn = 0x72_65_66_69_6D_70;

    private readonly WrittenSchedules _written = new(kinds);

    /// <summary>Locks the schedules of some keys, or all of them, until the transaction ends. Before any schedule's state, as each edit does.</summary>
    internal async Task LockAsync(string[] keys, bool all, CancellationToken cancel)
    {
        await db.Database.ExecuteSqlAsync($"SELECT pg_advisory_xact_lock({Turn})", cancel);
        await db.Database.ExecuteSqlAsync($"SELECT 1 FROM schedules WHERE {all} OR key = ANY({keys}) ORDER BY id FOR UPDATE", cancel);
    }

    /// <summary>What would be done.</summary>
    /// <param name="stored">Those of the keys that are wanted; any others are to be deleted.</param>
    internal IReadOnlyList<PlannedSchedule> Plan(IReadOnlyList<WantedSchedule> wanted, IReadOnlyDictionary<string, Schedule> stored)
    {
        var planned = new List<PlannedSchedule>(wanted.Count);
        foreach (var (input, read) in wanted)
        {
            var after = new Schedule { Key = read.Key, Name = input.Name!, Kind = input.Kind!, Options = read.Options, Cadence = read.Cadence };
            ScheduleCommands.Fill(after, input, read, default);
            var before = stored.GetValueOrDefault(read.Key);
            var changes = before is null ? [] : ScheduleDifference.Between(_written.Of(before, masked: false), _written.Of(after, masked: false), kinds.Find(after.Kind));
            planned.Add(Planned(after, before is null ? ImportAction.Create : changes.Count == 0 ? ImportAction.Unchanged : ImportAction.Update, changes));
        }

        var kept = wanted.Select(schedule => schedule.Read.Key).ToHashSet(StringComparer.Ordinal);
        planned.AddRange(stored.Where(pair => !kept.Contains(pair.Key)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => Planned(pair.Value, ImportAction.Delete, [])));
        return planned;
    }

    /// <summary>Does what was planned.</summary>
    /// <param name="stored">As <see cref="Plan"/> got them, tracked.</param>
    /// <param name="paused">Schedules, tracked, that are paused besides.</param>
    internal async Task ApplyAsync(
        IReadOnlyList<PlannedSchedule> plan, IReadOnlyList<WantedSchedule> wanted, IReadOnlyDictionary<string, Schedule> stored, CancellationToken cancel,
        IReadOnlyCollection<Schedule>? paused = null)
    {
        var now = Instants.FromTicks(Instants.FloorToMillisecond(clock.GetUtcNow().UtcTicks));
        var entries = new List<AuditEntry>();
        var changed = plan.Zip(wanted).Where(pair => pair.First.Action is ImportAction.Create or ImportAction.Update)
            .Select(pair => Written(pair.Second, stored.GetValueOrDefault(pair.First.Key), now, entries)).Concat((paused ?? []).Select(schedule => Paused(schedule, now, entries))).ToArray();
        var deleted = plan.Where(schedule => schedule.Action == ImportAction.Delete).Select(schedule => stored[schedule.Key].Id).ToArray();
        await db.SaveChangesAsync(acceptAllChangesOnSuccess: false, cancel);
        var connection = (NpgsqlConnection)db.Database.GetDbConnection();
        await AuditLog.WriteAsync(connection, entries, cancel);
        await RunEndings.LockSchedulesAsync(connection, changed.Select(schedule => schedule.Id).Concat(deleted), cancel);
        await SchedulePlan.RenewAsync(connection, changed, now, cancel);
        if (deleted.Length > 0)
        {
            await ScheduleCommands.DeleteRowsAsync(db, kinds, audit, deleted, now, cancel);
        }
    }

    private Schedule Paused(Schedule schedule, DateTimeOffset now, List<AuditEntry> entries)
    {
        entries.Add(audit.Entry("schedule.pause", AuditedSchedule.Subject(schedule), new() { ["enabled"] = true }, new() { ["enabled"] = false }));
        (schedule.Enabled, schedule.UpdatedAt) = (false, now);
        return schedule;
    }

    private Schedule Written(WantedSchedule wanted, Schedule? stored, DateTimeOffset now, List<AuditEntry> entries)
    {
        var (input, read) = wanted;
        var (before, options) = (stored is null ? null : AuditedSchedule.Of(stored, kinds), stored?.Options);
        var schedule = stored ?? db.Add(new Schedule
        {
            Id = Guid.CreateVersion7(now),
            Key = read.Key,
            Name = input.Name!,
            Kind = input.Kind!,
            Options = read.Options,
            Cadence = read.Cadence,
            CreatedAt = now,
        }).Entity;
        ScheduleCommands.Fill(schedule, input, read, now);
        entries.Add(audit.Entry(stored is null ? "schedule.create" : "schedule.update", AuditedSchedule.Subject(schedule), before, AuditedSchedule.Of(schedule, kinds, options)));
        return schedule;
    }

    private static PlannedSchedule Planned(Schedule schedule, ImportAction action, IReadOnlyList<FieldChange> changes) =>
        new(schedule.Key, schedule.Name, action, CadenceDescription.Describe(schedule.Cadence), schedule.Enabled, changes);
}
