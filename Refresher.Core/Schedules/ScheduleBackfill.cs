using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Schedules.Occurrences;

namespace Refresher.Core.Schedules;

/// <summary>
/// Makes up for due times of the past that have no run. A run's id is made of schedule and due time, as for the cadence itself, so an
/// occurrence is never doubled, however often and by how many it is asked for. Schedulers release what is made here like any run that waits.
/// </summary>
public sealed class ScheduleBackfill(
    ScheduleQueries schedules, NpgsqlDataSource database, RunInserts inserts, CalendarQueries calendars, KindCatalog kinds, OptionSecrets secrets, AuditLog audit, LiveSignals signals,
    TimeProvider clock)
{
    private const int BatchSize = 500;

    private const string ExistingSql = "SELECT id FROM runs WHERE id = ANY($1) AND id >= $2 AND id <= $3";

    public async Task<Result<BackfillResult>> RunAsync(Guid id, BackfillInput input, CancellationToken cancel)
    {
        if (await schedules.FindAsync(id, cancel) is not { } schedule)
        {
            return Result<BackfillResult>.NotFound;
        }

        var (now, errors) = (clock.GetUtcNow(), new FieldErrors());
        input.Check(now, errors);
        if (errors.Count > 0)
        {
            return Result<BackfillResult>.Invalid(errors);
        }

        if (!schedule.Cadence.IsKnownAhead)
        {
            return Result<BackfillResult>.Refused("With a fixed delay each due time is counted from the end of the run before: there are none to make up for.");
        }

        var due = DueTimes(schedule, input, errors);
        if (errors.Count > 0)
        {
            return Result<BackfillResult>.Invalid(errors);
        }

        var existing = await ExistingAsync([.. due.Select(at => RunId.OfOccurrence(id, at))], cancel);
        var items = await ItemsAsync(schedule, due, existing, input.Limit ?? BackfillInput.Most, cancel);
        var isDry = input.DryRun is true;
        var made = isDry ? items.Count(item => item.RunId is not null) : await WriteAsync(schedule, items, input, now, cancel);
        return Result<BackfillResult>.Done(new BackfillResult(isDry, due.Count, existing.Count, items.Count(item => item.RunId is null), made, items, Note(schedule)));
    }

    private static List<DateTimeOffset> DueTimes(Schedule schedule, BackfillInput input, FieldErrors errors)
    {
        var times = new ScheduleTimes(schedule);
        var from = schedule.StartAt > input.From ? schedule.StartAt.Value : input.From!.Value;
        var to = schedule.EndAt < input.To ? schedule.EndAt.Value : input.To!.Value;
        if (from < to && times.Count(from, to) is > BackfillInput.Most and var count)
        {
            errors.Add("to", $"The range has {count} due times; at most {BackfillInput.Most} can be made up for at once. Take an earlier to, and go on from there.");
            return [];
        }

        var due = new List<DateTimeOffset>();
        for (var at = times.FirstFrom(from); at is { } next && next < to; at = times.FirstFrom(next.AddMilliseconds(1)))
        {
            due.Add(next);
        }

        return due;
    }

    private async Task<HashSet<Guid>> ExistingAsync(Guid[] ids, CancellationToken cancel)
    {
        var existing = new HashSet<Guid>();
        foreach (var batch in ids.Chunk(BatchSize))
        {
            var (lowest, highest) = RunId.Bounds(batch);
            await using var command = database.CreateCommand(ExistingSql);
            command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = batch }, new() { Value = lowest }, new() { Value = highest } });
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                existing.Add(reader.GetGuid(0));
            }
        }

        return existing;
    }

    private async Task<List<BackfillItem>> ItemsAsync(Schedule schedule, List<DateTimeOffset> due, HashSet<Guid> existing, int limit, CancellationToken cancel)
    {
        var known = await calendars.SetAsync(schedule.Calendars, cancel);
        var (items, made) = (new List<BackfillItem>(), 0);
        foreach (var at in due)
        {
            var run = RunId.OfOccurrence(schedule.Id, at);
            if (made == limit || existing.Contains(run))
            {
                continue;
            }

            var refusal = known.Refusal(schedule.Calendars, at);
            items.Add(new BackfillItem(at, refusal is null ? run : null, refusal));
            made += refusal is null ? 1 : 0;
        }

        return items;
    }

    private async Task<int> WriteAsync(Schedule schedule, List<BackfillItem> items, BackfillInput input, DateTimeOffset now, CancellationToken cancel)
    {
        var options = secrets.Seal(kinds.Find(schedule.Kind), schedule.Options);
        var entry = audit.Entry("schedule.backfill", AuditedSchedule.Subject(schedule), null, new()
        {
            ["from"] = OccurrenceHistory.Text(input.From!.Value),
            ["to"] = OccurrenceHistory.Text(input.To!.Value),
            ["runs"] = items.Count(item => item.RunId is not null),
        });
        var made = 0;
        foreach (var batch in items.Where(item => item.RunId is not null).Select(item => RunOf(schedule, item, options, input)).Chunk(BatchSize))
        {
            await inserts.PrepareAsync(batch, cancel);
            await using var connection = await database.OpenConnectionAsync(cancel);
            await using var transaction = await connection.BeginTransactionAsync(cancel);
            var inserted = await RunInserts.InsertAsync(connection, batch, now, cancel);
            await AuditLog.WriteAsync(connection, made == 0 ? [entry] : [], cancel);
            await transaction.CommitAsync(cancel);
            made += inserted.Count;
        }

        await signals.PublishAsync([LiveSignal.Runs]);
        return made;
    }

    private static NewRun RunOf(Schedule schedule, BackfillItem item, string options, BackfillInput input) => new()
    {
        Id = item.RunId!.Value,
        Kind = schedule.Kind,
        ScheduleId = schedule.Id,
        ScheduleKey = schedule.Key,
        Trigger = RunTrigger.Backfill,
        State = RunState.Scheduled,
        Queue = schedule.Queue,
        Priority = input.Priority ?? BackfillInput.UsualPriority,
        Options = options,
        Policies = schedule.RunPolicies,
        ConcurrencyKey = schedule.ConcurrencyKey,
        DueAt = item.DueAt,
    };

    private static string Note(Schedule schedule) => (schedule.Overlap ?? PlatformDefaults.Overlap) == Overlap.Allow
        ? "Backfilled runs do not wait for one another."
        : $"Backfilled runs do not wait for one another, whatever the overlap policy says; it is '{Words<Overlap>.Of(schedule.Overlap ?? PlatformDefaults.Overlap)}', and holds for what comes due while they run.";
}
