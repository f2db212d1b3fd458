using Npgsql;

namespace Refresher.Core.Runs.Rollups;

/// <summary>
/// Counts runs by hour and day of their due time, for charts that outlive the runs. Each closed hour is counted soon after it, a day's hours
/// once more when most stragglers have ended, and hourly after that while one has not. Doing it twice changes nothing.
/// </summary>
internal sealed class RunRollups(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Per-schedule hours are kept this long, and everything else <see cref="Kept"/>.</summary>
    public static readonly TimeSpan HoursKept = TimeSpan.FromDays(9);

    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    /// <summary>Most runs have ended this long after their hour.</summary>
    private static readonly TimeSpan Closing = TimeSpan.FromMinutes(2);

    /// <summary>After its end a day is counted again, all of it.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromHours(6);

    /// <summary>A run of the day that has not ended after this is counted as unfinished for good; a time limit is a week at most.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromDays(8);

    private static readonly TimeSpan AgainAfter = TimeSpan.FromHours(1);

    private const long AdvisoryLock = 0x5245_464C_0000_0000;
    private const int DeleteBatch = 5000;

    /// <summary>Counts what can be counted of a day.</summary>
    /// <returns>True when nothing of it changes any more.</returns>
    public async Task<bool> RollUpAsync(DateOnly day, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var (start, end) = (RunPartitions.StartOf(day), RunPartitions.StartOf(day.AddDays(1)));
        var closed = FloorToHour(now - Closing);
        var upTo = closed < end ? closed : end;
        var settled = now >= end + Settling;
        if (upTo <= start)
        {
            return false;
        }

        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await ExecuteAsync(connection, "SELECT pg_advisory_xact_lock($1)", cancel, AdvisoryLock + day.DayNumber);
        var before = await FindAsync(connection, day, cancel);
        if (before is { IsFinal: true })
        {
            return true;
        }

        if (before is not null && before.UpTo == upTo && (!settled || (before.ComputedAt >= end + Settling && now < before.ComputedAt + AgainAfter)))
        {
            return false;
        }

        await CountAsync(connection, settled || before is null ? start : before.UpTo, upTo, cancel);
        var isFinal = upTo == end && settled && (await CountDayAsync(connection, start, end, cancel) == 0 || now >= end + Patience);
        if (upTo == end && !settled)
        {
            await CountDayAsync(connection, start, end, cancel);
        }

        await ExecuteAsync(connection, """
            INSERT INTO run_rollup_days (day, up_to, computed_at, is_final) VALUES ($1, $2, $3, $4)
            ON CONFLICT (day) DO UPDATE SET up_to = EXCLUDED.up_to, computed_at = EXCLUDED.computed_at, is_final = EXCLUDED.is_final
            """, cancel, day, upTo, now, isFinal);
        await transaction.CommitAsync(cancel);
        return isFinal;
    }

    /// <summary>The days that are counted for good, of the last <see cref="Kept"/>.</summary>
    public async Task<HashSet<DateOnly>> FinalAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand("SELECT day FROM run_rollup_days WHERE is_final");
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var days = new HashSet<DateOnly>();
        while (await reader.ReadAsync(cancel))
        {
            days.Add(reader.GetFieldValue<DateOnly>(0));
        }

        return days;
    }

    /// <summary>Deletes what is past its time, in small steps.</summary>
    public async Task ExpireAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await DeleteAsync($"step = 'hour' AND bucket < $1 AND schedule_id <> '{Guid.Empty}'", now - HoursKept, cancel);
        await DeleteAsync("step = 'hour' AND bucket < $1", now - Kept, cancel);
        await DeleteAsync("step = 'day' AND bucket < $1", now - Kept, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await ExecuteAsync(connection, "DELETE FROM run_rollup_days WHERE day < $1", cancel, DateOnly.FromDateTime((now - Kept).UtcDateTime));
    }

    internal static DateTimeOffset FloorToHour(DateTimeOffset at) => new(at.UtcTicks - (at.UtcTicks % TimeSpan.TicksPerHour), TimeSpan.Zero);

    private static async Task CountAsync(NpgsqlConnection connection, DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        await ExecuteAsync(connection, "DELETE FROM run_rollups WHERE step = 'hour' AND bucket >= $1 AND bucket < $2", cancel, from, to);
        await ExecuteAsync(connection, RollupSql.InsertHours, cancel, RunId.LowestAt(from), RunId.LowestAt(to));
    }

    /// <returns>How many runs of the day have not ended.</returns>
    private static async Task<long> CountDayAsync(NpgsqlConnection connection, DateTimeOffset start, DateTimeOffset end, CancellationToken cancel)
    {
        await ExecuteAsync(connection, "DELETE FROM run_rollups WHERE step = 'day' AND bucket = $1", cancel, start);
        await ExecuteAsync(connection, RollupSql.InsertDay, cancel, start, end);
        await using var look = new NpgsqlCommand($"SELECT COALESCE(sum(unfinished), 0)::bigint FROM run_rollups WHERE schedule_id = '{Guid.Empty}' AND step = 'day' AND bucket = $1", connection)
        {
            Parameters = { new() { Value = start } },
        };
        return (long)(await look.ExecuteScalarAsync(cancel))!;
    }

    private static async Task<RunRollupDay?> FindAsync(NpgsqlConnection connection, DateOnly day, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("SELECT up_to, computed_at, is_final FROM run_rollup_days WHERE day = $1", connection) { Parameters = { new() { Value = day } } };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        return await reader.ReadAsync(cancel)
            ? new RunRollupDay { Day = day, UpTo = reader.GetFieldValue<DateTimeOffset>(0), ComputedAt = reader.GetFieldValue<DateTimeOffset>(1), IsFinal = reader.GetBoolean(2) }
            : null;
    }

    private async Task DeleteAsync(string where, DateTimeOffset before, CancellationToken cancel)
    {
        int deleted;
        do
        {
            await using var command = database.CreateCommand($"DELETE FROM run_rollups WHERE ctid = ANY (ARRAY(SELECT ctid FROM run_rollups WHERE {where} LIMIT {DeleteBatch}))");
            command.Parameters.Add(new NpgsqlParameter { Value = before });
            deleted = await command.ExecuteNonQueryAsync(cancel);
        }
        while (deleted == DeleteBatch);
    }

    private static async Task ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancel, params object[] values)
    {
        await using var command = new NpgsqlCommand(sql, connection);
        command.Parameters.AddRange(Array.ConvertAll(values, value => new NpgsqlParameter { Value = value }));
        await command.ExecuteNonQueryAsync(cancel);
    }
}
