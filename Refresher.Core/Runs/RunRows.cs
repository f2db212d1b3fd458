using Npgsql;

namespace Refresher.Core.Runs;

internal static class RunRows
{
    /// <summary>What <see cref="ReadEndedAsync"/> reads of an update that ends runs.</summary>
    public const string Returning = " RETURNING id, schedule_id, waiting_for IS DISTINCT FROM 'overlap' AND queued_at IS NOT NULL, limited, unique_key IS NOT NULL, policies, trace_parent, kind";

    /// <summary>Reads answers of the form (run id, schedule id or null, limited).</summary>
    public static async Task<List<(Guid Id, Guid? ScheduleId, bool Limited)>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(Guid, Guid?, bool)>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add((reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1), reader.GetBoolean(2)));
        }

        return rows;
    }

    /// <summary>Executes an update that ends runs that were not running, and reads what their ends have to do with.</summary>
    public static async Task<List<EndedRun>> ReadEndedAsync(NpgsqlCommand command, RunState state, DateTimeOffset at, CancellationToken cancel)
    {
        await using var row = await command.ExecuteReaderAsync(cancel);
        var ended = new List<EndedRun>();
        while (await row.ReadAsync(cancel))
        {
            ended.Add(new EndedRun(row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(7), state, at)
            {
                WasActive = row.GetBoolean(2),
                Limited = row.GetBoolean(3),
                HasUniqueKey = row.GetBoolean(4),
                Policies = row.IsDBNull(5) ? null : RunPolicies.Parse(row.GetString(5)),
                TraceParent = row.IsDBNull(6) ? null : row.GetString(6),
            });
        }

        return ended;
    }
}
