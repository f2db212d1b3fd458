using Npgsql;
using Refresher.Core.Limits;
using Refresher.Core.Watch;

namespace Refresher.Core.Runs;

/// <summary>A run that reached a final state, with all that its end has to do with.</summary>
internal readonly record struct EndedRun(Guid Id, Guid? ScheduleId, string Kind, RunState State, DateTimeOffset At)
{
    /// <summary>False when it ended before its schedule counted it as active: never queued, or waiting for the one before.</summary>
    public bool WasActive { get; init; }

    public bool Limited { get; init; }

    public bool HasUniqueKey { get; init; }

    /// <summary>Null: nothing follows.</summary>
    public RunPolicies? Policies { get; init; }

    /// <summary>The context in which what follows from it goes on.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>
/// What the end of a run does, in the transaction that ends it: its schedule has one active run less, its last outcome, and the next due time
/// where the cadence counts from the end; what waits for it goes on, be it the next occurrence or somebody under the same limit; its unique
/// key is free; what continues from it is written; failures and their end are told. Callers take the locks with <see cref="LockAsync"/> before they touch the runs.
/// </summary>
public sealed class RunEndings(LimitGrants grants, RunPartitions partitions, RunFailures failures)
{
    private const string ScheduleSql = """
        UPDATE schedule_states s SET
            active = GREATEST(0, s.active - e.ended), waiting_run_id = CASE WHEN s.waiting_run_id = ANY($6) THEN NULL ELSE s.waiting_run_id END,
            last_run_id = COALESCE(e.run_id, s.last_run_id), last_state = COALESCE(e.state, s.last_state), last_finished_at = COALESCE(e.at, s.last_finished_at),
            next_due_at = CASE WHEN s.next_due_at IS NULL AND s.fixed_delay IS NOT NULL AND s.active <= e.ended THEN e.at + s.fixed_delay ELSE s.next_due_at END
        FROM unnest($1, $2, $3, $4, $5) AS e(schedule_id, ended, run_id, state, at)
        WHERE s.schedule_id = e.schedule_id RETURNING s.schedule_id, s.active = 0 AND s.waiting_run_id IS NOT NULL, s.failures > 0
        """;

    private const string CallSql = """
        UPDATE schedule_states s SET waiting_run_id = NULL, active = 1 FROM (SELECT schedule_id, waiting_run_id FROM schedule_states WHERE schedule_id = ANY($1)) AS before
        WHERE s.schedule_id = before.schedule_id RETURNING before.waiting_run_id
        """;

    private const string NextSql = """
        SELECT id, kind, queue, priority, concurrency_key FROM runs
        WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND finished_at IS NULL AND state = 'queued' ORDER BY id FOR UPDATE
        """;

    /// <summary>Locks what these runs' ends touch, in the one order that everybody uses: limits, then schedules.</summary>
    internal static async Task LockAsync(NpgsqlConnection connection, Guid[] limited, IEnumerable<Guid> schedules, CancellationToken cancel)
    {
        await Admission.LockHoldersAsync(connection, limited, cancel);
        await LockSchedulesAsync(connection, schedules, cancel);
    }

    /// <summary>Locks the rows of these schedules in the order of their ids.</summary>
    internal static async Task LockSchedulesAsync(NpgsqlConnection connection, IEnumerable<Guid> schedules, CancellationToken cancel)
    {
        var ids = schedules.Distinct().ToArray();
        if (ids.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand("SELECT 1 FROM schedule_states WHERE schedule_id = ANY($1) ORDER BY schedule_id FOR UPDATE", connection);
        command.Parameters.Add(new() { Value = ids });
        await command.ExecuteNonQueryAsync(cancel);
    }

    /// <param name="pausing">Runs that go to wait for another attempt: they end nothing but give their slots back.</param>
    /// <returns>What to do after the commit.</returns>
    internal async Task<Aftermath> ApplyAsync(NpgsqlConnection connection, IReadOnlyCollection<EndedRun> ended, DateTimeOffset now, CancellationToken cancel, params Guid[] pausing)
    {
        var failing = new HashSet<Guid>();
        var granted = await EndSchedulesAsync(connection, ended, failing, now, cancel);
        await UniqueKeys.FreeAsync(connection, [.. ended.Where(run => run.HasUniqueKey).Select(run => run.Id)], now, cancel);
        Guid[] holders = [.. ended.Where(run => run.Limited).Select(run => run.Id), .. pausing];
        granted += holders.Length == 0 ? Granted.Nothing : await grants.FreeAsync(connection, holders, now, cancel);
        var followed = await Continuations.FollowAsync(connection, ended, partitions, now, cancel);
        return new Aftermath(granted, followed) { Told = await failures.TellAsync(connection, ended, failing, cancel), Ended = ended };
    }

    private async Task<Granted> EndSchedulesAsync(NpgsqlConnection connection, IReadOnlyCollection<EndedRun> ended, HashSet<Guid> failing, DateTimeOffset now, CancellationToken cancel)
    {
        var schedules = ended.Where(run => run.ScheduleId is not null).GroupBy(run => run.ScheduleId!.Value)
            .Select(runs => (Id: runs.Key, Active: runs.Count(run => run.WasActive), Last: runs.MaxBy(run => run.At))).ToArray();
        if (schedules.Length == 0)
        {
            return Granted.Nothing;
        }

        await using var command = new NpgsqlCommand(ScheduleSql, connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = Array.ConvertAll(schedules, s => s.Id) },
            new() { Value = Array.ConvertAll(schedules, s => s.Active) },
            new() { Value = Array.ConvertAll(schedules, s => s.Last.Id) },
            new() { Value = Array.ConvertAll(schedules, s => s.Last.State.Word()) },
            new() { Value = Array.ConvertAll(schedules, s => s.Last.At) },
            new() { Value = ended.Where(run => !run.WasActive).Select(run => run.Id).ToArray() },
        });
        var free = new List<Guid>();
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                if (row.GetBoolean(1))
                {
                    free.Add(row.GetGuid(0));
                }

                if (row.GetBoolean(2))
                {
                    failing.Add(row.GetGuid(0));
                }
            }
        }

        return free.Count == 0 ? Granted.Nothing : await StartNextAsync(connection, free, now, cancel);
    }

    /// <summary>The run that waits for the ones before goes on, or on to wait for a limit.</summary>
    private async Task<Granted> StartNextAsync(NpgsqlConnection connection, List<Guid> schedules, DateTimeOffset now, CancellationToken cancel)
    {
        var called = new List<Guid>(schedules.Count);
        await using (var call = new NpgsqlCommand(CallSql, connection) { Parameters = { new() { Value = schedules.ToArray() } } })
        await using (var row = await call.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                called.Add(row.GetGuid(0));
            }
        }

        var next = new List<WaitingForLimit>();
        var (lowest, highest) = RunId.Bounds([.. called]);
        await using (var command = new NpgsqlCommand(NextSql, connection) { Parameters = { new() { Value = called.ToArray() }, new() { Value = lowest }, new() { Value = highest } } })
        await using (var row = await command.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                next.Add(LimitGrants.Read(row));
            }
        }

        return await grants.LetGoAsync(connection, next, now, cancel);
    }
}
