using Npgsql;
using NpgsqlTypes;
using Refresher.Core.Data;

namespace Refresher.Core.Runs;

/// <summary>
/// Writes how attempts ended, a batch in one transaction. The fencing number stands in the <c>WHERE</c>: a worker that lost its lease
/// finds no row, and what it has to say is dropped.
/// </summary>
internal sealed class RunCompletions(NpgsqlDataSource database, RunPartitions partitions, RunEndings endings, TimeProvider clock)
{
    private const string Sql = """
        UPDATE runs r SET state = c.state, output = c.output::jsonb, attempt = c.attempt,
            reason = CASE WHEN c.state = 'cancelled' AND r.cancel_requested THEN COALESCE(r.reason, c.reason) ELSE c.reason END,
            limited = r.limited AND c.state = 'queued',
            started_at = CASE WHEN r.fence = 1 THEN c.started_at ELSE r.started_at END,
            finished_at = CASE WHEN c.ready_at IS NULL THEN c.ended_at END,
            ready_at = COALESCE(c.ready_at, r.ready_at),
            queued_at = CASE WHEN c.state = 'queued' THEN c.ended_at ELSE r.queued_at END,
            progress = c.progress, progress_text = c.progress_text, lease_until = NULL
        FROM unnest($3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) AS c(id, fence, state, reason, output, attempt, started_at, ended_at, ready_at, progress, progress_text)
        WHERE r.id = c.id AND r.id = ANY($3) AND r.id >= $1 AND r.id <= $2 AND r.fence = c.fence AND r.state = 'running'
        RETURNING r.id, r.queue, r.priority
        """;

    /// <returns>The runs that were still ours, with the queue they belong to, and what to do now that it is committed.</returns>
    public async Task<(IReadOnlyDictionary<Guid, Queue.QueuedRun> Ours, Aftermath Aftermath)> WriteAsync(IReadOnlyList<RunCompletion> batch, CancellationToken cancel)
    {
        await partitions.EnsureAsync(batch.Where(c => c.AttemptOutcome is not null).Select(c => c.Run.Id), cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        Guid[] limited = [.. batch.Where(c => c.Run.Limited).Select(c => c.Run.Id)];
        await RunEndings.LockAsync(connection, limited, batch.Select(c => c.Run.ScheduleId).OfType<Guid>(), cancel);
        var written = await UpdateAsync(connection, batch, cancel);
        var ours = batch.Where(c => written.ContainsKey(c.Run.Id)).ToArray();
        var aftermath = await endings.ApplyAsync(
            connection, [.. ours.Where(c => c.State.IsFinal()).Select(EndedOf)], clock.GetUtcNow(), cancel,
            [.. ours.Where(c => c.Run.Limited && c.State == RunState.Retrying).Select(c => c.Run.Id)]);
        await RunAttempts.WriteAsync(connection, [.. ours.Where(c => c.AttemptOutcome is not null).Select(AttemptOf)], cancel);
        await transaction.CommitAsync(cancel);
        return (written, aftermath);
    }

    private static EndedRun EndedOf(RunCompletion c) => new(c.Run.Id, c.Run.ScheduleId, c.Run.Kind, c.State, c.EndedAt)
    {
        WasActive = true,
        Limited = c.Run.Limited,
        HasUniqueKey = c.Run.HasUniqueKey,
        Policies = c.Run.Policies,
        TraceParent = c.Trace ?? c.Run.TraceParent,
    };

    private static RunAttempt AttemptOf(RunCompletion c) => new()
    {
        RunId = c.Run.Id,
        Fence = c.Run.Fence,
        Attempt = c.Run.Attempt,
        StartedAt = c.StartedAt,
        EndedAt = c.EndedAt,
        Outcome = c.AttemptOutcome!,
        Reason = c.Reason,
    };

    private static async Task<Dictionary<Guid, Queue.QueuedRun>> UpdateAsync(NpgsqlConnection connection, IReadOnlyList<RunCompletion> batch, CancellationToken cancel)
    {
        var ids = batch.Select(c => c.Run.Id).ToArray();
        var (lowest, highest) = RunId.Bounds(ids);
        await using var commands = new NpgsqlBatch(connection);
        commands.BatchCommands.Add(new NpgsqlBatchCommand(IndexPlans.Sql));
        var update = new NpgsqlBatchCommand(Sql);
        update.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = lowest }, new() { Value = highest },
            Column(batch, NpgsqlDbType.Uuid, c => c.Run.Id),
            Column(batch, NpgsqlDbType.Integer, c => c.Run.Fence),
            Column(batch, NpgsqlDbType.Text, c => c.State.Word()),
            Column(batch, NpgsqlDbType.Text, c => c.Reason),
            Column(batch, NpgsqlDbType.Text, c => c.Output),
            Column(batch, NpgsqlDbType.Integer, c => c.Attempt),
            Column(batch, NpgsqlDbType.TimestampTz, c => c.StartedAt),
            Column(batch, NpgsqlDbType.TimestampTz, c => c.EndedAt),
            Column(batch, NpgsqlDbType.TimestampTz, c => c.ReadyAt),
            Column(batch, NpgsqlDbType.Smallint, c => c.Progress),
            Column(batch, NpgsqlDbType.Text, c => c.ProgressText),
        });
        commands.BatchCommands.Add(update);
        await using var reader = await commands.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var written = new Dictionary<Guid, Queue.QueuedRun>(batch.Count);
        while (await reader.ReadAsync(cancel))
        {
            written[reader.GetGuid(0)] = new Queue.QueuedRun(reader.GetGuid(0), reader.GetString(1), reader.GetInt16(2));
        }

        return written;
    }

    private static NpgsqlParameter Column<T>(IReadOnlyList<RunCompletion> batch, NpgsqlDbType type, Func<RunCompletion, T> value) =>
        new() { Value = batch.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type };
}
