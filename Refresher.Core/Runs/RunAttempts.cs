using Npgsql;
using NpgsqlTypes;

namespace Refresher.Core.Runs;

/// <summary>Keeps attempts that did not end their run, in the transaction that moves it on.</summary>
internal static class RunAttempts
{
    private const string Sql = """
        INSERT INTO run_attempts (run_id, fence, attempt, worker, started_at, ended_at, outcome, reason)
        SELECT a.run_id, a.fence, a.attempt, COALESCE(a.worker, r.worker), COALESCE(a.started_at, r.started_at), a.ended_at, a.outcome, a.reason
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS a(run_id, fence, attempt, worker, started_at, ended_at, outcome, reason)
        JOIN runs r ON r.id = a.run_id AND r.id >= $9 AND r.id <= $10
        ON CONFLICT DO NOTHING
        """;

    /// <summary>The worker, and the start where it is not given, are taken from the run's row, which the caller has locked.</summary>
    public static async Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<RunAttempt> attempts, CancellationToken cancel)
    {
        if (attempts.Count == 0)
        {
            return;
        }

        var (lowest, highest) = RunId.Bounds(attempts.Select(a => a.RunId).ToArray());
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            Column(attempts, NpgsqlDbType.Uuid, a => a.RunId),
            Column(attempts, NpgsqlDbType.Integer, a => a.Fence),
            Column(attempts, NpgsqlDbType.Integer, a => a.Attempt),
            Column(attempts, NpgsqlDbType.Text, a => a.Worker),
            Column(attempts, NpgsqlDbType.TimestampTz, a => a.StartedAt),
            Column(attempts, NpgsqlDbType.TimestampTz, a => a.EndedAt),
            Column(attempts, NpgsqlDbType.Text, a => a.Outcome),
            Column(attempts, NpgsqlDbType.Text, a => a.Reason),
            new() { Value = lowest }, new() { Value = highest },
        });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static NpgsqlParameter Column<T>(IReadOnlyList<RunAttempt> attempts, NpgsqlDbType type, Func<RunAttempt, T> value) =>
        new() { Value = attempts.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
