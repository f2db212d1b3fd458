using Npgsql;
using Refresher.Core.Contract;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>A run that this worker owns until its lease ends.</summary>
internal sealed record ClaimedRun
{
    public required Guid Id { get; init; }

    public required string Kind { get; init; }

    public Guid? ScheduleId { get; init; }

    public string? ScheduleKey { get; init; }

    public required string Options { get; init; }

    public required RunPolicies Policies { get; init; }

    public required int Attempt { get; init; }

    /// <summary>Proves ownership: only the holder of the newest number may write the outcome.</summary>
    public required int Fence { get; init; }

    public required int Lost { get; init; }

    public required DateTimeOffset DueAt { get; init; }

    /// <summary>Seconds of the lateness that a limit, a pause or an overlap answers for.</summary>
    public double Blocked { get; init; }

    /// <summary>When it was put into its queue.</summary>
    public DateTimeOffset? QueuedAt { get; init; }

    public string? TraceParent { get; init; }

    public bool Limited { get; init; }

    public bool HasUniqueKey { get; init; }

    public Guid? ParentId { get; init; }

    public required DateTimeOffset LeaseUntil { get; init; }

    public EffectivePolicies Effective(KindDescriptor? kind) => EffectivePolicies.Of(Policies, kind?.Defaults);
}

/// <summary>What came of a claim.</summary>
/// <param name="Held">The queue is paused: nothing was claimed, and what was to be claimed is still queued.</param>
internal sealed record Claim(IReadOnlyList<ClaimedRun> Runs, bool Held);

/// <summary>
/// Takes queued runs of one queue for a worker, in one statement; what is not queued any more is simply not in the answer. A paused queue
/// gives none: a pause waits for the claims of its moment, and later ones see it.
/// </summary>
internal sealed class RunClaims(NpgsqlDataSource database, TimeProvider clock)
{
    // The bounds let PostgreSQL plan for the partitions of these ids alone; unprepared, so that the plan sees the values.
    private const string Sql = """
        UPDATE runs SET state = 'running', attempt = attempt + 1, fence = fence + 1, worker = $4, lease_until = $5,
                        started_at = COALESCE(started_at, $6), reason = NULL, progress = NULL, progress_text = NULL
        WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND state = ANY($7) AND waiting_for IS NULL AND (expires_at IS NULL OR expires_at > $6)
            AND NOT EXISTS (SELECT FROM queue_holds WHERE queue IN ($8, '*'))
        RETURNING id, kind, schedule_id, schedule_key, options, policies, attempt, fence, lost, due_at, trace_parent, blocked, queued_at,
                  limited, unique_key IS NOT NULL, parent_id
        """;

    private const string HeldSql = "SELECT EXISTS (SELECT FROM queue_holds WHERE queue IN ($1, '*'))";

    private static readonly string[] From = RunTransitions.From(RunState.Running, RunActor.Worker);

    public async Task<Claim> ClaimAsync(Guid[] ids, string queue, string worker, TimeSpan lease, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var until = now + lease;
        var (lowest, highest) = RunId.Bounds(ids);
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(new("SELECT pg_advisory_xact_lock_shared($1)") { Parameters = { new() { Value = QueueHolds.AdvisoryLock } } });
        batch.BatchCommands.Add(new(Sql)
        {
            Parameters =
            {
                new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = worker },
                new() { Value = until }, new() { Value = now }, new() { Value = From }, new() { Value = queue },
            },
        });
        batch.BatchCommands.Add(new(HeldSql) { Parameters = { new() { Value = queue } } });
        await using var reader = await batch.ExecuteReaderAsync(cancel);
        await reader.NextResultAsync(cancel);
        var claimed = new List<ClaimedRun>(ids.Length);
        while (await reader.ReadAsync(cancel))
        {
            claimed.Add(new ClaimedRun
            {
                Id = reader.GetGuid(0),
                Kind = reader.GetString(1),
                ScheduleId = reader.IsDBNull(2) ? null : reader.GetGuid(2),
                ScheduleKey = reader.IsDBNull(3) ? null : reader.GetString(3),
                Options = reader.GetString(4),
                Policies = RunPolicies.Parse(reader.IsDBNull(5) ? null : reader.GetString(5)),
                Attempt = reader.GetInt32(6),
                Fence = reader.GetInt32(7),
                Lost = reader.GetInt32(8),
                DueAt = reader.GetFieldValue<DateTimeOffset>(9),
                TraceParent = reader.IsDBNull(10) ? null : reader.GetString(10),
                Blocked = reader.GetDouble(11),
                QueuedAt = reader.IsDBNull(12) ? null : reader.GetFieldValue<DateTimeOffset>(12),
                Limited = reader.GetBoolean(13),
                HasUniqueKey = reader.GetBoolean(14),
                ParentId = reader.IsDBNull(15) ? null : reader.GetGuid(15),
                LeaseUntil = until,
            });
        }

        await reader.NextResultAsync(cancel);
        await reader.ReadAsync(cancel);
        return new Claim(claimed, reader.GetBoolean(0));
    }
}
