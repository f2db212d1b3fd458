using Npgsql;

namespace Refresher.Chaos.Tests;

/// <summary>The counting afterwards.</summary>
internal sealed class Account(NpgsqlDataSource database)
{
    public Task<long> UnfinishedAsync() => CountAsync("SELECT count(*) FROM runs WHERE finished_at IS NULL AND state <> 'scheduled'");

    public async Task<Dictionary<string, long>> StatesAsync(IReadOnlyCollection<Guid> posted)
    {
        await using var command = database.CreateCommand("SELECT state, count(*) FROM runs WHERE id = ANY($1) GROUP BY 1");
        command.Parameters.Add(new() { Value = posted.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var states = new Dictionary<string, long>();
        while (await reader.ReadAsync())
        {
            states[reader.GetString(0)] = reader.GetInt64(1);
        }

        return states;
    }

    /// <summary>Leases taken, by run: more than one explains a second execution.</summary>
    public async Task<Dictionary<Guid, int>> LeasesAsync(IReadOnlyCollection<Guid> runs)
    {
        await using var command = database.CreateCommand("SELECT id, fence FROM runs WHERE id = ANY($1)");
        command.Parameters.Add(new() { Value = runs.ToArray() });
        await using var reader = await command.ExecuteReaderAsync();
        var leases = new Dictionary<Guid, int>();
        while (await reader.ReadAsync())
        {
            leases[reader.GetGuid(0)] = reader.GetInt32(1);
        }

        return leases;
    }

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
