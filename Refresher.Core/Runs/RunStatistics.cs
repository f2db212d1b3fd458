using Npgsql;

namespace Refresher.Core.Runs;

/// <summary>One of a schedule's last outcomes, for its strip.</summary>
public sealed record RecentOutcome(Guid ScheduleId, Guid RunId, RunState State, DateTimeOffset DueAt);

/// <summary>How many runs wait, by queue and priority.</summary>
/// <param name="OldestAt">When the first of them was queued.</param>
/// <param name="Parked">Of these, runs that wait for a limit or for the run before them: no worker may take them yet.</param>
public sealed record QueueDepth(string Queue, short Priority, long Count, DateTimeOffset? OldestAt, long Parked)
{
    /// <summary>Runs that the next free worker may take.</summary>
    public long Takeable => Count - Parked;
}

/// <summary>Runs that a worker holds.</summary>
/// <param name="LeaseUntil">When the first of its leases ends unless it is renewed.</param>
public sealed record HeldRuns(string Worker, long Count, DateTimeOffset? LeaseUntil);

/// <summary>How punctual runs were, in seconds.</summary>
public sealed record LatenessSummary(long Count, double? P50, double? P99, double? Most);

/// <summary>Counts over many runs, in SQL that touches only the partitions of its time.</summary>
public sealed class RunStatistics(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>The last outcomes of some schedules, the latest first.</summary>
    public async Task<ILookup<Guid, RecentOutcome>> RecentAsync(IReadOnlyCollection<Guid> schedules, DateTimeOffset since, int each, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT s.id, r.id, r.state, r.due_at FROM unnest($3) AS s(id)
            CROSS JOIN LATERAL (SELECT id, state, due_at FROM runs WHERE schedule_id = s.id AND id >= $1 AND id <= $2 AND state <> 'scheduled' ORDER BY id DESC LIMIT $4) r
            """);
        AddRange(command, since);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = schedules.ToArray() }, new() { Value = each } });
        var recent = await ReadAsync(
            command, row => new RecentOutcome(row.GetGuid(0), row.GetGuid(1), Words<RunState>.Parse(row.GetString(2)), row.GetFieldValue<DateTimeOffset>(3)), cancel);
        return recent.ToLookup(outcome => outcome.ScheduleId);
    }

    /// <summary>What waits to be taken.</summary>
    public async Task<IReadOnlyList<QueueDepth>> DepthAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT queue, priority, count(*), min(queued_at), count(waiting_for) FROM runs WHERE finished_at IS NULL AND state = 'queued' GROUP BY 1, 2 ORDER BY 1, 2");
        return await ReadAsync(
            command, row => new QueueDepth(row.GetString(0), row.GetInt16(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetFieldValue<DateTimeOffset>(3), row.GetInt64(4)), cancel);
    }

    /// <summary>What each worker holds leases on, whether it still lives or not.</summary>
    public async Task<IReadOnlyList<HeldRuns>> HeldAsync(CancellationToken cancel)
    {
        await using var command = database.CreateCommand(
            "SELECT worker, count(*), min(lease_until) FROM runs WHERE finished_at IS NULL AND state = 'running' AND worker IS NOT NULL GROUP BY 1 ORDER BY 1");
        return await ReadAsync(command, row => new HeldRuns(row.GetString(0), row.GetInt64(1), row.IsDBNull(2) ? null : row.GetFieldValue<DateTimeOffset>(2)), cancel);
    }

    /// <summary>Lateness less what was blocked, of runs due since <paramref name="since"/>.</summary>
    /// <param name="schedule">Only this schedule's; null: all that have a cadence.</param>
    public async Task<LatenessSummary> LatenessAsync(DateTimeOffset since, Guid? schedule, CancellationToken cancel)
    {
        await using var command = database.CreateCommand("""
            SELECT count(*), percentile_cont(0.5) WITHIN GROUP (ORDER BY late), percentile_cont(0.99) WITHIN GROUP (ORDER BY late), max(late) FROM (
                SELECT GREATEST(0, extract(epoch FROM started_at - due_at) - blocked)::float8 AS late FROM runs
                WHERE id >= $1 AND id <= $2 AND trigger = 'cadence' AND started_at IS NOT NULL AND ($3 IS NULL OR schedule_id = $3)) AS runs
            """);
        AddRange(command, since);
        command.Parameters.Add(new() { Value = (object?)schedule ?? DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Uuid });
        var rows = await ReadAsync(command, row => new LatenessSummary(
            row.GetInt64(0), row.IsDBNull(1) ? null : row.GetDouble(1), row.IsDBNull(2) ? null : row.GetDouble(2), row.IsDBNull(3) ? null : row.GetDouble(3)), cancel);
        return rows[0];
    }

    private void AddRange(NpgsqlCommand command, DateTimeOffset since)
    {
        command.Parameters.Add(new() { Value = RunId.LowestAt(since) });
        command.Parameters.Add(new() { Value = RunId.LowestAt(clock.GetUtcNow() + TimeSpan.FromMinutes(1)) });
    }

    private static async Task<IReadOnlyList<T>> ReadAsync<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> read, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<T>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add(read(reader));
        }

        return rows;
    }
}
