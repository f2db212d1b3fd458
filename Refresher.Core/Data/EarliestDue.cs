using Npgsql;

namespace Refresher.Core.Data;

/// <summary>Asks when something is due first, in one round trip. Most looks find that nothing is, and so spare the transaction that would take it, which costs one or two more.</summary>
public static class EarliestDue
{
    /// <param name="sql">One row with one instant, or null.</param>
    /// <returns>The instant; <see cref="DateTimeOffset.MaxValue"/> when nothing will be due.</returns>
    public static async Task<DateTimeOffset> ReadAsync(NpgsqlConnection connection, string sql, CancellationToken cancel)
    {
        // The commands of a batch without a transaction are one by themselves, which is how long the planner's settings hold.
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { new(IndexPlans.Sql), new(sql) } };
        await using var row = await batch.ExecuteReaderAsync(cancel);
        await row.NextResultAsync(cancel);
        return await row.ReadAsync(cancel) && !row.IsDBNull(0) ? row.GetFieldValue<DateTimeOffset>(0) : DateTimeOffset.MaxValue;
    }
}
