using Npgsql;
using NpgsqlTypes;

namespace Refresher.Core.Runs;

/// <summary>Writes runs in batches. A run that is there already, an occurrence prepared twice, stays as it is.</summary>
public sealed class RunInserts(RunPartitions partitions)
{
    private const int BatchSize = 1000;

    private const string Sql = """
        INSERT INTO runs (id, kind, schedule_id, schedule_key, trigger, state, reason, queue, priority, options, policies,
                          due_at, ready_at, queued_at, finished_at, expires_at, trace_parent, parent_id,
                          concurrency_key, unique_key, waiting_for, held_since, limited, attempt, fence, lost, blocked, cancel_requested)
        SELECT id, kind, schedule_id, schedule_key, trigger, state, reason, queue, priority, options::jsonb, policies::jsonb,
               due_at, due_at, CASE WHEN state = 'queued' THEN $16 END, CASE WHEN state = 'skipped' THEN $16 END, expires_at, trace_parent, parent_id,
               concurrency_key, unique_key, waiting_for, CASE WHEN waiting_for IS NOT NULL THEN due_at END, limited, 0, 0, 0, 0, false
        FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $17, $18, $19, $20)
          AS n(id, kind, schedule_id, schedule_key, trigger, state, reason, queue, priority, options, policies, due_at, expires_at, trace_parent, parent_id,
               concurrency_key, unique_key, waiting_for, limited)
        ON CONFLICT (id) DO NOTHING
        RETURNING id
        """;

    /// <summary>Inserts within the caller's transaction; partitions are made outside of it beforehand.</summary>
    /// <param name="now">The instant at which those already queued or skipped became so.</param>
    /// <returns>The ids that were new.</returns>
    public static async Task<IReadOnlySet<Guid>> InsertAsync(NpgsqlConnection connection, IReadOnlyCollection<NewRun> runs, DateTimeOffset now, CancellationToken cancel)
    {
        var inserted = new HashSet<Guid>(runs.Count);
        foreach (var batch in runs.Chunk(BatchSize))
        {
            await using var command = Command(connection, batch, now);
            await using var reader = await command.ExecuteReaderAsync(cancel);
            while (await reader.ReadAsync(cancel))
            {
                inserted.Add(reader.GetGuid(0));
            }
        }

        return inserted;
    }

    /// <summary>Makes the partitions these runs need. Call it before the transaction begins: it must not hold the making up.</summary>
    public Task PrepareAsync(IEnumerable<NewRun> runs, CancellationToken cancel) => partitions.EnsureAsync(runs.Select(run => run.Id), cancel);

    private static NpgsqlCommand Command(NpgsqlConnection connection, NewRun[] runs, DateTimeOffset now) => new(Sql, connection)
    {
        Parameters =
        {
            Column(runs, NpgsqlDbType.Uuid, run => run.Id),
            Column(runs, NpgsqlDbType.Text, run => run.Kind),
            Column(runs, NpgsqlDbType.Uuid, run => run.ScheduleId),
            Column(runs, NpgsqlDbType.Text, run => run.ScheduleKey),
            Column(runs, NpgsqlDbType.Text, run => run.Trigger.Word()),
            Column(runs, NpgsqlDbType.Text, run => run.State.Word()),
            Column(runs, NpgsqlDbType.Text, run => run.Reason),
            Column(runs, NpgsqlDbType.Text, run => run.Queue),
            Column(runs, NpgsqlDbType.Smallint, run => run.Priority),
            Column(runs, NpgsqlDbType.Text, run => run.Options),
            Column(runs, NpgsqlDbType.Text, run => run.Policies.ToJson()),
            Column(runs, NpgsqlDbType.TimestampTz, run => run.DueAt.ToUniversalTime()),
            Column(runs, NpgsqlDbType.TimestampTz, run => run.ExpiresAt?.ToUniversalTime()),
            Column(runs, NpgsqlDbType.Text, run => run.TraceParent),
            Column(runs, NpgsqlDbType.Uuid, run => run.ParentId),
            new() { Value = now },
            Column(runs, NpgsqlDbType.Text, run => run.ConcurrencyKey),
            Column(runs, NpgsqlDbType.Text, run => run.UniqueKey),
            Column(runs, NpgsqlDbType.Text, run => run.WaitingFor),
            Column(runs, NpgsqlDbType.Boolean, run => run.Limited),
        },
    };

    private static NpgsqlParameter Column<T>(NewRun[] runs, NpgsqlDbType type, Func<NewRun, T> value) =>
        new() { Value = Array.ConvertAll(runs, run => value(run)), NpgsqlDbType = NpgsqlDbType.Array | type };
}
