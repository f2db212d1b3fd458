using Npgsql;

namespace Refresher.Core.Data;

/// <summary>
/// Drops partitions only when nobody has to wait for it. A drop needs the parent for itself for a moment; a backup reads the same table for minutes,
/// and every reader and writer that came after a waiting drop would wait behind it.
/// </summary>
public static class PartitionDrop
{
    /// <param name="connection">Without a transaction.</param>
    /// <param name="partitions">Names of tables, all or none of which are dropped; what is not there is no trouble.</param>
    /// <returns>False: somebody reads one of them now; they go the next time.</returns>
    public static async Task<bool> TryAsync(NpgsqlConnection connection, IEnumerable<string> partitions, CancellationToken cancel)
    {
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using var drop = new NpgsqlCommand($"SET LOCAL lock_timeout = '100ms'; DROP TABLE IF EXISTS {string.Join(", ", partitions)}", connection, transaction);
        try
        {
            await drop.ExecuteNonQueryAsync(cancel);
            await transaction.CommitAsync(cancel);
            return true;
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
        {
            return false;
        }
    }
}
