using Npgsql;

namespace Refresher.Core.Runs;

/// <summary>Looks up what becomes ready soon: delayed runs, retries, and runs whose scheduler died before it released them.</summary>
internal sealed class WaitingRuns(NpgsqlDataSource database)
{
    private const string Sql = """
        SELECT id, schedule_id, ready_at, trigger = 'cadence' AND state = 'scheduled', kind, queue, concurrency_key FROM runs
        WHERE finished_at IS NULL AND state IN ('scheduled', 'retrying') AND ready_at <= $1
        ORDER BY ready_at LIMIT $2
        """;

    /// <returns>Each run, and whether it is an occurrence, which the scheduler that prepared it is likely to release itself.</returns>
    public async Task<IReadOnlyList<(WaitingRun Run, bool IsOccurrence)>> UntilAsync(DateTimeOffset readyBy, int most, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = readyBy }, new() { Value = most } } };

        // Planning over many partitions costs more than running: prepared, PostgreSQL keeps the plan with the connection.
        await command.PrepareAsync(cancel);
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var waiting = new List<(WaitingRun, bool)>();
        while (await reader.ReadAsync(cancel))
        {
            waiting.Add((
                new WaitingRun(
                    reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.GetFieldValue<DateTimeOffset>(2),
                    reader.GetString(4), reader.GetString(5), reader.IsDBNull(6) ? null : reader.GetString(6)),
                reader.GetBoolean(3)));
        }

        return waiting;
    }
}
