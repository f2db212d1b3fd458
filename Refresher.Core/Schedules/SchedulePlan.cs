using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules;

/// <summary>The part of a change that concerns the schedulers: what was prepared goes, and the next due time is computed anew, in the change's transaction.</summary>
internal static class SchedulePlan
{
    private const string LockSql = "SELECT prepared FROM schedule_states WHERE schedule_id = $1 FOR UPDATE";

    private const string SaveSql = """
        INSERT INTO schedule_states AS t (schedule_id, next_due_at, active, prepared, fixed_delay) VALUES ($1, $2, 0, $3, $4)
        ON CONFLICT (schedule_id) DO UPDATE SET next_due_at = EXCLUDED.next_due_at, prepared = EXCLUDED.prepared, fixed_delay = EXCLUDED.fixed_delay
        """;

    private const string RemoveSql = """
        DELETE FROM runs WHERE schedule_id = $1 AND trigger = 'cadence' AND state = 'scheduled' AND id >= $2 AND id <= $3
        """;

    public static async Task RenewAsync(NpgsqlConnection connection, Schedule schedule, DateTimeOffset now, CancellationToken cancel)
    {
        await using var take = new NpgsqlCommand(LockSql, connection) { Parameters = { new() { Value = schedule.Id } } };
        var prepared = await take.ExecuteScalarAsync(cancel) as int? ?? 0;
        prepared -= await RemovePreparedAsync(connection, schedule.Id, now, cancel);
        var mayRun = schedule.Enabled && (schedule.MaxRuns is not { } most || prepared < most);
        await using var save = new NpgsqlCommand(SaveSql, connection)
        {
            Parameters =
            {
                new() { Value = schedule.Id },
                new() { Value = (object?)(mayRun ? FirstDue(schedule, now) : null) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.TimestampTz },
                new() { Value = prepared },
                new() { Value = (object?)(mayRun ? FixedDelay(schedule) : null) ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Interval },
            },
        };
        await save.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>Removes occurrences that are prepared and not released. They lie within the look-ahead, give or take a stall.</summary>
    public static async Task<int> RemovePreparedAsync(NpgsqlConnection connection, Guid schedule, DateTimeOffset now, CancellationToken cancel)
    {
        await using var remove = new NpgsqlCommand(RemoveSql, connection)
        {
            Parameters =
            {
                new() { Value = schedule }, new() { Value = RunId.LowestAt(now - PlatformDefaults.MisfireWindow) }, new() { Value = RunId.LowestAt(now + TimeSpan.FromMinutes(1)) },
            },
        };
        return await remove.ExecuteNonQueryAsync(cancel);
    }

    /// <summary>The first occurrence after now, and not before the start; shift included.</summary>
    public static DateTimeOffset? FirstDue(Schedule schedule, DateTimeOffset now)
    {
        var shift = DueSchedule.ShiftOf(schedule.Id, schedule.Jitter);
        var after = schedule.StartAt is { } start && start > now ? start - TimeSpan.FromMilliseconds(1) : now - shift;
        var due = schedule.Cadence.Next(after, new CadenceContext(schedule.StartAt ?? schedule.CreatedAt)) + shift;
        return due is { } at && (schedule.EndAt is null || at < schedule.EndAt) ? at : null;
    }

    private static TimeSpan? FixedDelay(Schedule schedule) => schedule.Cadence is EveryCadence { Mode: EveryMode.Delay } every ? every.Every : null;
}
