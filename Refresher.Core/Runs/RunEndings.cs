using Npgsql;

namespace Refresher.Core.Runs;

/// <summary>A run of a schedule that reached a final state.</summary>
/// <param name="WasActive">False when it ended before it was ever queued.</param>
internal readonly record struct EndedRun(Guid Id, Guid ScheduleId, RunState State, DateTimeOffset At, bool WasActive);

/// <summary>
/// What the end of a run does to its schedule, in the transaction that ends it: one active run less, the last outcome, and the next due
/// time where the cadence counts from the end. Callers lock the schedules' rows with <see cref="LockAsync"/> before they touch the runs.
/// </summary>
internal static class RunEndings
{
    private const string Sql = """
        UPDATE schedule_states s SET
            active = GREATEST(0, s.active - e.ended),
            last_run_id = COALESCE(e.run_id, s.last_run_id), last_state = COALESCE(e.state, s.last_state), last_finished_at = COALESCE(e.at, s.last_finished_at),
            next_due_at = CASE WHEN s.next_due_at IS NULL AND s.fixed_delay IS NOT NULL AND s.active <= e.ended THEN e.at + s.fixed_delay ELSE s.next_due_at END
        FROM unnest($1, $2, $3, $4, $5) AS e(schedule_id, ended, run_id, state, at)
        WHERE s.schedule_id = e.schedule_id
        """;

    /// <summary>Locks the rows of these schedules in the one order that everybody uses.</summary>
    public static async Task LockAsync(NpgsqlConnection connection, IEnumerable<Guid> schedules, CancellationToken cancel)
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

    public static async Task ApplyAsync(NpgsqlConnection connection, IReadOnlyCollection<EndedRun> ended, CancellationToken cancel)
    {
        if (ended.Count == 0)
        {
            return;
        }

        var schedules = ended.GroupBy(run => run.ScheduleId).Select(runs => (Id: runs.Key, Active: runs.Count(run => run.WasActive), Last: runs.MaxBy(run => run.At))).ToArray();
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = Array.ConvertAll(schedules, s => s.Id) },
            new() { Value = Array.ConvertAll(schedules, s => s.Active) },
            new() { Value = Array.ConvertAll(schedules, s => s.Last.Id) },
            new() { Value = Array.ConvertAll(schedules, s => s.Last.State.Word()) },
            new() { Value = Array.ConvertAll(schedules, s => s.Last.At) },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }
}
