using Npgsql;

namespace Refresher.Core.Runs;

internal static class RunRows
{
    /// <summary>Reads answers of the form (run id, schedule id or null).</summary>
    public static async Task<List<(Guid Id, Guid? ScheduleId)>> ReadAsync(NpgsqlCommand command, CancellationToken cancel)
    {
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var rows = new List<(Guid, Guid?)>();
        while (await reader.ReadAsync(cancel))
        {
            rows.Add((reader.GetGuid(0), reader.IsDBNull(1) ? null : reader.GetGuid(1)));
        }

        return rows;
    }
}
