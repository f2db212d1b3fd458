using System.Diagnostics;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Outbox;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Telemetry;
using Refresher.Core.Watch;

namespace Refresher.Core.Schedules;

/// <summary>
/// Writes the runs of schedules that are due within the look-ahead. Schedules are taken with <c>SKIP LOCKED</c>, so any number of schedulers
/// share the work; a run's key makes an occurrence unique even where two of them disagree about who has done it.
/// </summary>
internal sealed class DueSchedules(NpgsqlDataSource database, RunInserts inserts, KindCatalog kinds, OptionSecrets secrets, CalendarCatalog calendars, OutboxWriter outbox, TimeProvider clock)
{
    /// <summary>Runs are written this long before they are due, so that releasing them is all that is left to do in time.</summary>
    /// <remarks>Not a whole number of seconds: most occurrences are at whole ones, and then the writing falls between them.</remarks>
    public static readonly TimeSpan LookAhead = TimeSpan.FromSeconds(2.5);

    /// <summary>Schedules taken in one transaction.</summary>
    public const int BatchSize = 500;

    private const string EarliestDueSql = "SELECT min(next_due_at) FROM schedule_states";

    private const string TakeSql = """
        SELECT s.id, s.key, s.kind, s.options, s.cadence, s.queue, s.priority, COALESCE(s.start_at, s.created_at), s.end_at, s.max_runs, s.jitter,
               s.misfire, s.misfire_window, s.expire_after, s.retry, s.timeout, s.on_lost, t.next_due_at, t.prepared, s.overlap, s.concurrency_key, s.continue_with,
               s.calendars, s.late_after, s.long_after
        FROM schedule_states t JOIN schedules s ON s.id = t.schedule_id
        WHERE t.next_due_at <= $1 ORDER BY t.next_due_at LIMIT $2 FOR UPDATE OF t SKIP LOCKED
        """;

    private const string AdvanceSql = """
        UPDATE schedule_states t SET next_due_at = n.next_due_at, prepared = n.prepared
        FROM unnest($1, $2, $3) AS n(schedule_id, next_due_at, prepared) WHERE t.schedule_id = n.schedule_id
        """;

    /// <summary>Prepares one batch.</summary>
    /// <returns>How many schedules it took, and the runs now waiting for their time.</returns>
    public async Task<(int Taken, IReadOnlyList<WaitingRun> Waiting)> PrepareAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var horizon = now + LookAhead;
        await using var connection = await database.OpenConnectionAsync(cancel);
        if (await EarliestDue.ReadAsync(connection, EarliestDueSql, cancel) > horizon)
        {
            return (0, []);
        }

        var known = await calendars.CurrentAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IndexPlans.UseAsync(connection, cancel);
        var due = await TakeAsync(connection, horizon, cancel);
        if (due.Count == 0)
        {
            return (0, []);
        }

        var prepared = due.ConvertAll(schedule => (Schedule: schedule, Result: Preparation.Of(schedule, now, horizon, known)));
        var runs = prepared.SelectMany(p => p.Result.Runs).ToArray();
        var ticks = RunSpans.Begin("tick", ActivityKind.Internal, runs.Select(run => (run.Id, run.Kind, (string?)null)));
        runs = Array.ConvertAll(runs, run => run with { TraceParent = ticks.TraceOf(run.Id) });
        await inserts.PrepareAsync(runs, cancel);
        var inserted = await RunInserts.InsertAsync(connection, runs, now, cancel);
        await AdvanceAsync(connection, prepared, cancel);
        OccurrenceGap[] missed = [.. prepared.Select(p => p.Result.Gap).OfType<OccurrenceGap>()];
        await OccurrenceGaps.WriteAsync(connection, missed, cancel);
        await OccurrenceGaps.GrowAsync(connection, [.. prepared.SelectMany(p => p.Result.Folded)], cancel);
        var told = await MissedTimes.BeginAsync(connection, missed, now, cancel);
        await outbox.AppendAsync(connection, told, cancel);
        await transaction.CommitAsync(cancel);
        ticks.End(inserted.Contains);
        if (told.Count > 0)
        {
            await outbox.TellAsync();
        }

        return (due.Count, [.. runs.Where(run => inserted.Contains(run.Id)).Select(run => new WaitingRun(run.Id, run.ScheduleId, run.DueAt, run.Kind, run.Queue, run.ConcurrencyKey))]);
    }

    private async Task<List<DueSchedule>> TakeAsync(NpgsqlConnection connection, DateTimeOffset horizon, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(TakeSql, connection) { Parameters = { new() { Value = horizon }, new() { Value = BatchSize } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var due = new List<DueSchedule>();
        while (await reader.ReadAsync(cancel))
        {
            var schedule = Read(reader);
            due.Add(schedule with { Options = secrets.Seal(kinds.Find(schedule.Kind), schedule.Options) });
        }

        return due;
    }

    private static DueSchedule Read(NpgsqlDataReader row) => new()
    {
        Id = row.GetGuid(0),
        Key = row.GetString(1),
        Kind = row.GetString(2),
        Options = row.GetString(3),
        Cadence = CadenceJson.Read(row.GetString(4)),
        Queue = row.GetString(5),
        Priority = row.GetInt16(6),
        Anchor = row.GetFieldValue<DateTimeOffset>(7),
        EndAt = row.IsDBNull(8) ? null : row.GetFieldValue<DateTimeOffset>(8),
        MaxRuns = row.IsDBNull(9) ? null : row.GetInt32(9),
        Shift = DueSchedule.ShiftOf(row.GetGuid(0), row.IsDBNull(10) ? null : row.GetTimeSpan(10)),
        Misfire = row.IsDBNull(11) ? PlatformDefaults.Misfire : Words<Misfire>.Parse(row.GetString(11)),
        MisfireWindow = row.IsDBNull(12) ? PlatformDefaults.MisfireWindow : row.GetTimeSpan(12),
        ExpireAfter = row.IsDBNull(13) ? null : row.GetTimeSpan(13),
        Policies = new RunPolicies
        {
            Retry = row.IsDBNull(14) ? null : JsonSerializer.Deserialize<RetryPolicy>(row.GetString(14), JsonSerializerOptions.Web),
            Timeout = row.IsDBNull(15) ? null : row.GetTimeSpan(15),
            OnLost = row.IsDBNull(16) ? null : Words<OnLost>.Parse(row.GetString(16)),
            LateAfter = row.IsDBNull(23) ? null : row.GetTimeSpan(23),
            LongAfter = row.IsDBNull(24) ? null : row.GetTimeSpan(24),
            ContinueWith = row.IsDBNull(21) ? null : RunPolicies.ReadContinuations(row.GetString(21)),
        },
        NextDueAt = row.GetFieldValue<DateTimeOffset>(17),
        Prepared = row.GetInt32(18),
        Overlap = row.IsDBNull(19) ? PlatformDefaults.Overlap : Words<Overlap>.Parse(row.GetString(19)),
        ConcurrencyKey = row.IsDBNull(20) ? null : row.GetString(20),
        Calendars = row.GetFieldValue<string[]>(22),
    };

    private static async Task AdvanceAsync(NpgsqlConnection connection, List<(DueSchedule Schedule, Preparation Result)> prepared, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(AdvanceSql, connection)
        {
            Parameters =
            {
                new() { Value = prepared.Select(p => p.Schedule.Id).ToArray() },
                new() { Value = prepared.Select(p => p.Result.NextDueAt).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new() { Value = prepared.Select(p => p.Result.Prepared).ToArray() },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
