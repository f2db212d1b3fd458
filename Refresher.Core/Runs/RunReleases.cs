using Npgsql;
using Refresher.Core.Queue;
using Refresher.Core.Schedules;

namespace Refresher.Core.Runs;

/// <summary>A run that will be ready soon: what the scheduler's timer holds.</summary>
internal readonly record struct WaitingRun(Guid Id, Guid? ScheduleId, DateTimeOffset ReadyAt);

/// <summary>
/// Moves runs whose time has come into their queues, and decides there whether an occurrence overlaps with an unfinished run of its schedule.
/// The schedules' rows are locked first, so that two schedulers cannot both find a schedule free.
/// </summary>
internal sealed class RunReleases(NpgsqlDataSource database, TimeProvider clock)
{
    private const string SelectSql = """
        SELECT id, schedule_id, state, queue, priority, trigger FROM runs
        WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND state = ANY($4) AND ready_at <= $5
        ORDER BY id FOR UPDATE SKIP LOCKED
        """;

    private const string QueueSql = "UPDATE runs SET state = 'queued', queued_at = $4, reason = NULL WHERE id = ANY($1) AND id >= $2 AND id <= $3";

    private const string SkipSql = "UPDATE runs SET state = 'skipped', reason = $5, finished_at = $4 WHERE id = ANY($1) AND id >= $2 AND id <= $3";

    private const string OverlapReason = "overlap: an earlier run of this schedule had not ended";

    private static readonly string[] From = RunTransitions.From(RunState.Queued, RunActor.Scheduler);

    /// <summary>Releases those of <paramref name="waiting"/> that are ready, in one transaction.</summary>
    /// <returns>The runs now queued, to be sent after the commit.</returns>
    public async Task<IReadOnlyList<QueuedRun>> ReleaseAsync(IReadOnlyCollection<WaitingRun> waiting, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var schedules = await LockSchedulesAsync(connection, waiting.Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        var ready = await SelectAsync(connection, [.. waiting.Select(run => run.Id)], now, cancel);
        if (ready.Count == 0)
        {
            return [];
        }

        var (queued, skipped) = Decide(ready, schedules);
        await UpdateAsync(connection, QueueSql, [.. queued.Select(run => run.Run.Id)], now, null, cancel);
        await UpdateAsync(connection, SkipSql, [.. skipped.Select(run => run.Run.Id)], now, OverlapReason, cancel);
        await CountAsync(connection, queued.Where(run => run is { WasRetrying: false, ScheduleId: not null }).Select(run => run.ScheduleId!.Value), cancel);
        await RunEndings.ApplyAsync(connection, [.. skipped.Select(run => new EndedRun(run.Run.Id, run.ScheduleId!.Value, RunState.Skipped, now, WasActive: false))], cancel);
        await transaction.CommitAsync(cancel);
        return [.. queued.Select(run => run.Run)];
    }

    /// <summary>Counts runs that enter their queue as active, so that overlaps are seen. The rows are locked by the caller.</summary>
    internal static async Task CountAsync(NpgsqlConnection connection, IEnumerable<Guid> schedules, CancellationToken cancel)
    {
        var counts = schedules.GroupBy(id => id).Select(runs => (Id: runs.Key, Count: runs.Count())).ToArray();
        if (counts.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            "UPDATE schedule_states s SET active = s.active + n.count FROM unnest($1, $2) AS n(id, count) WHERE s.schedule_id = n.id", connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(counts, c => c.Id) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(counts, c => c.Count) });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static (List<Ready> Queued, List<Ready> Skipped) Decide(List<Ready> ready, Dictionary<Guid, (int Active, Overlap Overlap)> schedules)
    {
        var (queued, skipped) = (new List<Ready>(ready.Count), new List<Ready>());
        foreach (var run in ready)
        {
            if (run.WasRetrying || run.ScheduleId is not { } id || !schedules.TryGetValue(id, out var schedule))
            {
                queued.Add(run);
            }
            else if (run.Trigger == RunTrigger.Cadence && schedule.Active > 0 && schedule.Overlap == Overlap.Skip)
            {
                skipped.Add(run);
            }
            else
            {
                schedules[id] = schedule with { Active = schedule.Active + 1 };
                queued.Add(run);
            }
        }

        return (queued, skipped);
    }

    private static async Task<Dictionary<Guid, (int Active, Overlap Overlap)>> LockSchedulesAsync(NpgsqlConnection connection, IEnumerable<Guid> schedules, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, (int, Overlap)>();
        await using var command = new NpgsqlCommand("""
            SELECT t.schedule_id, t.active, s.overlap FROM schedule_states t JOIN schedules s ON s.id = t.schedule_id
            WHERE t.schedule_id = ANY($1) ORDER BY t.schedule_id FOR UPDATE OF t
            """, connection);
        command.Parameters.Add(new() { Value = schedules.Distinct().ToArray() });
        await using var reader = await command.ExecuteReaderAsync(cancel);
        while (await reader.ReadAsync(cancel))
        {
            found[reader.GetGuid(0)] = (reader.GetInt32(1), reader.IsDBNull(2) ? PlatformDefaults.Overlap : Words<Overlap>.Parse(reader.GetString(2)));
        }

        return found;
    }

    private static async Task<List<Ready>> SelectAsync(NpgsqlConnection connection, Guid[] ids, DateTimeOffset now, CancellationToken cancel)
    {
        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = new NpgsqlCommand(SelectSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = From }, new() { Value = now } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ready = new List<Ready>(ids.Length);
        while (await reader.ReadAsync(cancel))
        {
            ready.Add(new Ready(
                new QueuedRun(reader.GetGuid(0), reader.GetString(3), reader.GetInt16(4)),
                reader.IsDBNull(1) ? null : reader.GetGuid(1),
                reader.GetString(2) == RunState.Retrying.Word(),
                Words<RunTrigger>.Parse(reader.GetString(5))));
        }

        return ready;
    }

    private static async Task UpdateAsync(NpgsqlConnection connection, string sql, Guid[] ids, DateTimeOffset now, string? reason, CancellationToken cancel)
    {
        if (ids.Length == 0)
        {
            return;
        }

        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = now } },
        };
        if (reason is not null)
        {
            command.Parameters.Add(new() { Value = reason });
        }

        await command.ExecuteNonQueryAsync(cancel);
    }

    private readonly record struct Ready(QueuedRun Run, Guid? ScheduleId, bool WasRetrying, RunTrigger Trigger);
}
