using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules;

/// <summary>The part of a change that concerns the schedulers: what was prepared goes, and the next due time is computed anew, in the change's transaction.</summary>
internal static class SchedulePlan
{
    private const string LockSql = "SELECT schedule_id, prepared FROM schedule_states WHERE schedule_id = ANY($1) ORDER BY schedule_id FOR UPDATE";

    private const string SaveSql = """
        INSERT INTO schedule_states (schedule_id, next_due_at, active, prepared, fixed_delay)
        SELECT n.id, n.due, 0, n.prepared, n.delay FROM unnest($1, $2, $3, $4) AS n(id, due, prepared, delay) ORDER BY n.id
        ON CONFLICT (schedule_id) DO UPDATE SET next_due_at = EXCLUDED.next_due_at, prepared = EXCLUDED.prepared, fixed_delay = EXCLUDED.fixed_delay
        """;

    private const string RemoveSql = """
        WITH gone AS (DELETE FROM runs WHERE schedule_id = ANY($1) AND trigger = 'cadence' AND state = 'scheduled' AND id >= $2 AND id <= $3 RETURNING schedule_id)
        SELECT schedule_id, count(*)::int, NULL FROM gone GROUP BY 1
        UNION ALL
        SELECT schedule_id, 0, max(due_at) FROM runs WHERE schedule_id = ANY($1) AND trigger = 'cadence' AND state <> 'scheduled' AND id >= $4 AND id <= $3 GROUP BY 1
        """;

    public static Task RenewAsync(NpgsqlConnection connection, Schedule schedule, DateTimeOffset now, CancellationToken cancel) =>
        RenewAsync(connection, [schedule], now, cancel);

    /// <summary>Renews many in a few statements; their rows are locked in the order of their ids.</summary>
    public static async Task RenewAsync(NpgsqlConnection connection, IReadOnlyCollection<Schedule> schedules, DateTimeOffset now, CancellationToken cancel)
    {
        if (schedules.Count == 0)
        {
            return;
        }

        Guid[] ids = [.. schedules.Select(schedule => schedule.Id)];
        var prepared = await LockAsync(connection, ids, cancel);
        var (removed, released) = await RemovePreparedAsync(connection, ids, now, cancel);
        foreach (var (id, count) in removed)
        {
            prepared[id] = prepared.GetValueOrDefault(id) - count;
        }

        var planned = schedules.Select(schedule => (Schedule: schedule, Prepared: prepared.GetValueOrDefault(schedule.Id)))
            .Select(s => (s.Schedule, s.Prepared, MayRun: s.Schedule.Enabled && (s.Schedule.MaxRuns is not { } most || s.Prepared < most))).ToArray();
        await using var save = new NpgsqlCommand(SaveSql, connection)
        {
            Parameters =
            {
                new() { Value = ids },
                new() { Value = Array.ConvertAll(planned, s => s.MayRun ? FirstDue(s.Schedule, released.TryGetValue(s.Schedule.Id, out var last) ? last : now) : null), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.TimestampTz },
                new() { Value = Array.ConvertAll(planned, s => s.Prepared) },
                new() { Value = Array.ConvertAll(planned, s => s.MayRun ? FixedDelay(s.Schedule) : null), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Interval },
            },
        };
        await save.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Removes occurrences that are prepared and not released. They lie within the look-ahead, give or take a stall.</summary>
    /// <returns>
    /// For each schedule that had any how many there were, and for those of which an occurrence still to come is released already, since that
    /// happens a moment before its time, the latest one.
    /// </returns>
    public static async Task<(Dictionary<Guid, int> Removed, Dictionary<Guid, DateTimeOffset> Released)> RemovePreparedAsync(
        NpgsqlConnection connection, IReadOnlyCollection<Guid> schedules, DateTimeOffset now, CancellationToken cancel)
    {
        await using var remove = new NpgsqlCommand(RemoveSql, connection)
        {
            Parameters =
            {
                new() { Value = schedules.ToArray() }, new() { Value = RunId.LowestAt(now - PlatformDefaults.MisfireWindow) }, new() { Value = RunId.LowestAt(now + TimeSpan.FromMinutes(1)) },
                new() { Value = RunId.LowestAt(now) },
            },
        };
        await using var reader = await remove.ExecuteReaderAsync(cancel);
        var (removed, released) = (new Dictionary<Guid, int>(), new Dictionary<Guid, DateTimeOffset>());
        while (await reader.ReadAsync(cancel))
        {
            if (reader.IsDBNull(2))
            {
                removed[reader.GetGuid(0)] = reader.GetInt32(1);
            }
            else
            {
                released[reader.GetGuid(0)] = reader.GetFieldValue<DateTimeOffset>(2);
            }
        }

        return (removed, released);
    }

    /// <summary>The first occurrence after an instant, and not before the start; shift included.</summary>
    public static DateTimeOffset? FirstDue(Schedule schedule, DateTimeOffset now)
    {
        var shift = DueSchedule.ShiftOf(schedule.Id, schedule.Jitter);
        var after = schedule.StartAt is { } start && start > now ? start - TimeSpan.FromMilliseconds(1) : now - shift;
        var due = schedule.Cadence.Next(after, new CadenceContext(schedule.StartAt ?? schedule.CreatedAt)) + shift;
        return due is { } at && (schedule.EndAt is null || at < schedule.EndAt) ? at : null;
    }

    private static async Task<Dictionary<Guid, int>> LockAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancel)
    {
        await using var take = new NpgsqlCommand(LockSql, connection) { Parameters = { new() { Value = ids } } };
        await using var reader = await take.ExecuteReaderAsync(cancel);
        var prepared = new Dictionary<Guid, int>();
        while (await reader.ReadAsync(cancel))
        {
            prepared[reader.GetGuid(0)] = reader.GetInt32(1);
        }

        return prepared;
    }

    private static TimeSpan? FixedDelay(Schedule schedule) => schedule.Cadence is EveryCadence { Mode: EveryMode.Delay } every ? every.Every : null;
}
