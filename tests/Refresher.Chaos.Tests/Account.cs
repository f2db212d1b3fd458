using Npgsql;

namespace Refresher.Chaos.Tests;

/// <summary>The counting afterwards.</summary>
internal sealed class Account(NpgsqlDataSource database)
{
    public Task<long> UnfinishedAsync() => CountAsync("SELECT count(*) FROM runs WHERE finished_at IS NULL AND state <> 'scheduled'");

    /// <summary>Unfinished runs that were posted; those of schedules never come to an end.</summary>
    public Task<long> UnfinishedPostedAsync() => CountAsync("SELECT count(*) FROM runs WHERE finished_at IS NULL AND trigger = 'api'");

    public async Task<Dictionary<string, long>> StatesAsync(IReadOnlyCollection<Guid> posted)
    {
        await using var command = database.CreateCommand("SELECT state, count(*) FROM runs WHERE id = ANY($1) GROUP BY 1 ORDER BY 1");
        command.Parameters.Add(new() { Value = posted.ToArray() });
        command.CommandTimeout = 120;
        await using var reader = await command.ExecuteReaderAsync();
        var states = new Dictionary<string, long>();
        while (await reader.ReadAsync())
        {
            states[reader.GetString(0)] = reader.GetInt64(1);
        }

        return states;
    }

    /// <summary>Who held leases on these runs, in order: more than one explains a second execution.</summary>
    public async Task<Dictionary<Guid, List<string>>> WorkersAsync(IReadOnlyCollection<Guid> runs)
    {
        await using var command = database.CreateCommand("""
            SELECT id, worker FROM (
                SELECT run_id AS id, fence, worker FROM run_attempts WHERE run_id = ANY($1)
                UNION ALL SELECT id, fence, worker FROM runs r WHERE id = ANY($1) AND NOT EXISTS (SELECT FROM run_attempts a WHERE a.run_id = r.id AND a.fence = r.fence)) AS lease
            WHERE worker IS NOT NULL ORDER BY id, fence
            """);
        command.Parameters.Add(new() { Value = runs.ToArray() });
        command.CommandTimeout = 120;
        await using var reader = await command.ExecuteReaderAsync();
        var leases = runs.ToDictionary(run => run, _ => new List<string>());
        while (await reader.ReadAsync())
        {
            leases[reader.GetGuid(0)].Add(reader.GetString(1));
        }

        return leases;
    }

    /// <summary>Runs posted whose acceptance was never said, since PostgreSQL was restarted meanwhile: recorded, though nobody was promised them.</summary>
    public async Task<long> UnpromisedAsync(int posted) => await CountAsync("SELECT count(*) FROM runs WHERE trigger = 'api'") - posted;

    /// <summary>Ids that stand twice.</summary>
    public Task<long> RecordedTwiceAsync() => CountAsync("SELECT count(*) - count(DISTINCT id) FROM runs");

    /// <summary>
    /// Seconds of a schedule of every second, between its first and its last occurrence, that have neither a run nor stand in a gap that says why.
    /// </summary>
    public Task<long> UnexplainedAsync() => CountAsync("""
        WITH span AS (SELECT schedule_id, min(due_at) AS first, max(due_at) AS last FROM runs WHERE schedule_id IS NOT NULL GROUP BY 1)
        SELECT count(*) FROM span, LATERAL generate_series(first, last, interval '1 second') AS due(at)
        WHERE NOT EXISTS (SELECT 1 FROM runs r WHERE r.schedule_id = span.schedule_id AND r.due_at = due.at)
          AND NOT EXISTS (SELECT 1 FROM occurrence_gaps g WHERE g.schedule_id = span.schedule_id AND due.at BETWEEN g.from_at AND g.to_at)
        """);

    /// <summary>Occurrences that stand twice.</summary>
    public Task<long> DoubledAsync() => CountAsync("SELECT count(*) - count(DISTINCT (schedule_id, due_at)) FROM runs WHERE trigger = 'cadence'");

    public Task<long> OccurrencesAsync() => CountAsync("SELECT count(*) FROM runs WHERE trigger = 'cadence'");

    /// <summary>Occurrences that were written down as missed.</summary>
    public Task<long> GapsAsync() => CountAsync("SELECT COALESCE(sum(count), 0)::bigint FROM occurrence_gaps");

    /// <summary>Slots that runs hold under the limit.</summary>
    public Task<long> SlotsAsync() => CountAsync("SELECT count(*) FROM limit_slots");

    /// <summary>Runs that had to wait for a slot before they went on.</summary>
    public Task<long> HeldAsync() => CountAsync("SELECT count(*) FROM runs WHERE blocked > 0 AND trigger = 'api'");

    /// <summary>Schedules whose count of active runs does not agree with their runs.</summary>
    public Task<long> MiscountedAsync() => CountAsync("""
        SELECT count(*) FROM schedule_states s WHERE s.active <> (
            SELECT count(*) FROM runs r WHERE r.schedule_id = s.schedule_id AND r.state IN ('queued', 'running', 'retrying'))
        """);

    private async Task<long> CountAsync(string sql)
    {
        await using var command = database.CreateCommand(sql);
        command.CommandTimeout = 120;
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
