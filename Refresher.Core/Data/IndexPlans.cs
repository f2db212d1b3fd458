using Npgsql;

namespace Refresher.Core.Data;

/// <summary>
/// Tells the planner, for the rest of a transaction, that rows are looked up by their keys: for a batch of known ids it expects far more rows
/// than there are, and would read whole tables. Statements that join a batch also say <c>id = ANY</c>, so that what is hashed is the batch.
/// </summary>
public static class IndexPlans
{
    public const string Sql = "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_mergejoin', 'off', true)";

    public static async Task UseAsync(NpgsqlConnection connection, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        await command.ExecuteNonQueryAsync(cancel);
    }
}
