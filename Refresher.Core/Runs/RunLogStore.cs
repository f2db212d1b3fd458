using Npgsql;
using NpgsqlTypes;

namespace Refresher.Core.Runs;

/// <summary>Writes log lines in batches. A line that is there already, a batch written twice after a lost answer, stays once.</summary>
internal sealed class RunLogStore(NpgsqlDataSource database, RunPartitions partitions)
{
    private const int BatchSize = 5000;

    // Lines need no flush of their own: the flush of the ending that follows covers them, and a crash of the server may cost the last few.
    private const string Sql = """
        WITH relaxed AS (SELECT set_config('synchronous_commit', 'off', true))
        INSERT INTO run_logs (run_id, seq, at, attempt, level, message)
        SELECT n.run_id, n.seq, n.at, n.attempt, n.level, n.message FROM unnest($1, $2, $3, $4, $5, $6) AS n(run_id, seq, at, attempt, level, message), relaxed
        ON CONFLICT DO NOTHING
        """;

    public async Task WriteAsync(IReadOnlyList<RunLogLine> lines, CancellationToken cancel)
    {
        await partitions.EnsureAsync(lines.Select(line => line.RunId), cancel);
        foreach (var batch in lines.Chunk(BatchSize))
        {
            await using var command = database.CreateCommand(Sql);
            command.Parameters.AddRange(new NpgsqlParameter[]
            {
                Column(batch, NpgsqlDbType.Uuid, line => line.RunId),
                Column(batch, NpgsqlDbType.Bigint, line => line.Seq),
                Column(batch, NpgsqlDbType.TimestampTz, line => line.At),
                Column(batch, NpgsqlDbType.Integer, line => line.Attempt),
                Column(batch, NpgsqlDbType.Smallint, line => (short)line.Level),
                Column(batch, NpgsqlDbType.Text, line => line.Message),
            });
            await command.ExecuteNonQueryAsync(cancel);
        }
    }

    private static NpgsqlParameter Column<T>(RunLogLine[] lines, NpgsqlDbType type, Func<RunLogLine, T> value) =>
        new() { Value = Array.ConvertAll(lines, line => value(line)), NpgsqlDbType = NpgsqlDbType.Array | type };
}
