using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Limits;
using Refresher.Core.Queue;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Runs;

/// <summary>
/// Takes runs from workers whose lease has run out: they run again, at most three times, or fail where the policy says that repeating is worse.
/// Honest caveat: a worker that was only cut off may still be executing; it stops before its lease ends, but an effect outside may happen twice.
/// </summary>
internal sealed partial class RunRescuer(
    NpgsqlDataSource database, RunPartitions partitions, KindCatalog kinds, RunEndings endings, RunDispatch dispatch, TimeProvider clock, SchemaGate gate, ILogger<RunRescuer> log)
    : Loop(gate, log)
{
    private const int BatchSize = 500;

    private const string SelectSql = "SELECT id, schedule_id, limited FROM runs WHERE finished_at IS NULL AND state = 'running' AND lease_until < $1 LIMIT $2";

    private const string LockSql = """
        SELECT id, schedule_id, kind, policies, lost, attempt, fence, worker, cancel_requested, queue, priority, limited, unique_key IS NOT NULL, trace_parent FROM runs
        WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND state = 'running' AND lease_until < $4 ORDER BY id FOR UPDATE SKIP LOCKED
        """;

    private const string MoveSql = """
        UPDATE runs r SET state = m.state, reason = m.reason, lost = r.lost + 1, lease_until = NULL, progress = NULL, progress_text = NULL,
            queued_at = CASE WHEN m.state = 'queued' THEN $6 ELSE r.queued_at END, finished_at = CASE WHEN m.state <> 'queued' THEN $6 END, limited = r.limited AND m.state = 'queued'
        FROM unnest($1, $2, $3) AS m(id, state, reason) WHERE r.id = m.id AND r.id = ANY($1) AND r.id >= $4 AND r.id <= $5
        """;

    protected override Task WaitAsync(CancellationToken cancel) => Task.Delay(TimeSpan.FromSeconds(1), clock, cancel);

    protected override async Task RunOnceAsync(CancellationToken cancel)
    {
        while (await RescueAsync(cancel) == BatchSize)
        {
        }
    }

    private async Task<int> RescueAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var select = new NpgsqlCommand(SelectSql, connection) { Parameters = { new() { Value = now }, new() { Value = BatchSize } } };
        await select.PrepareAsync(cancel);
        var found = await RunRows.ReadAsync(select, cancel);
        if (found.Count == 0)
        {
            return 0;
        }

        await partitions.EnsureAsync(found.Select(run => run.Id), cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IndexPlans.UseAsync(connection, cancel);
        await RunEndings.LockAsync(
            connection, [.. found.Where(run => run.Limited).Select(run => run.Id)], found.Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        var moves = (await LockAsync(connection, [.. found.Select(run => run.Id)], now, cancel)).ConvertAll(run => (Run: run, To: Decide(run)));
        var aftermath = moves.Count > 0 ? await MoveAsync(connection, moves, now, cancel) : Aftermath.Nothing;
        await transaction.CommitAsync(cancel);
        await TellAsync(moves, aftermath);
        return found.Count;
    }

    private (RunState State, string Reason) Decide(LostRun run)
    {
        var policies = EffectivePolicies.Of(RunPolicies.Parse(run.Policies), kinds.Find(run.Kind)?.Defaults);
        return run switch
        {
            { CancelRequested: true } => (RunState.Cancelled, $"cancelled; its worker {run.Worker} was lost meanwhile"),
            _ when policies.OnLost == OnLost.Fail => (RunState.Failed, $"lost: worker {run.Worker} vanished, and this run must not be repeated (onLost: fail)"),
            { Lost: >= PlatformDefaults.LostLimit } => (RunState.Failed, $"lost: {run.Lost + 1} workers vanished over this run, the last one {run.Worker}"),
            _ => (RunState.Queued, $"worker {run.Worker} was lost; running again"),
        };
    }

    private static async Task<List<LostRun>> LockAsync(NpgsqlConnection connection, Guid[] ids, DateTimeOffset now, CancellationToken cancel)
    {
        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = new NpgsqlCommand(LockSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = now } },
        };
        await using var row = await command.ExecuteReaderAsync(cancel);
        var lost = new List<LostRun>();
        while (await row.ReadAsync(cancel))
        {
            lost.Add(new LostRun(
                new QueuedRun(row.GetGuid(0), row.GetString(9), row.GetInt16(10)), row.IsDBNull(1) ? null : row.GetGuid(1), row.GetString(2),
                row.IsDBNull(3) ? null : row.GetString(3), row.GetInt32(4), row.GetInt32(5), row.GetInt32(6), row.IsDBNull(7) ? "" : row.GetString(7), row.GetBoolean(8))
            {
                Limited = row.GetBoolean(11),
                HasUniqueKey = row.GetBoolean(12),
                TraceParent = row.IsDBNull(13) ? null : row.GetString(13),
            });
        }

        return lost;
    }

    private async Task<Aftermath> MoveAsync(NpgsqlConnection connection, List<(LostRun Run, (RunState State, string Reason) To)> moves, DateTimeOffset now, CancellationToken cancel)
    {
        var ids = moves.Select(move => move.Run.Run.Id).ToArray();
        var (lowest, highest) = RunId.Bounds(ids);
        await RunAttempts.WriteAsync(connection, [.. moves.Select(move => new RunAttempt
        {
            RunId = move.Run.Run.Id, Fence = move.Run.Fence, Attempt = move.Run.Attempt, Worker = move.Run.Worker, EndedAt = now, Outcome = "lost", Reason = move.To.Reason,
        })], cancel);
        await using var command = new NpgsqlCommand(MoveSql, connection)
        {
            Parameters =
            {
                new() { Value = ids }, new() { Value = moves.Select(move => move.To.State.Word()).ToArray() }, new() { Value = moves.Select(move => move.To.Reason).ToArray() },
                new() { Value = lowest }, new() { Value = highest }, new() { Value = now },
            },
        };
        await command.ExecuteNonQueryAsync(cancel);
        return await endings.ApplyAsync(connection, [.. moves.Where(move => move.To.State.IsFinal())
            .Select(move => new EndedRun(move.Run.Run.Id, move.Run.ScheduleId, move.Run.Kind, move.To.State, now)
            {
                WasActive = true, Limited = move.Run.Limited, HasUniqueKey = move.Run.HasUniqueKey, Policies = RunPolicies.Parse(move.Run.Policies), TraceParent = move.Run.TraceParent,
            })], now, cancel);
    }

    private async Task TellAsync(List<(LostRun Run, (RunState State, string Reason) To)> moves, Aftermath aftermath)
    {
        foreach (var (run, to) in moves)
        {
            LogRescued(run.Run.Id, run.Worker, to.State.Word());
            RefresherTelemetry.Rescues.Add(1, new KeyValuePair<string, object?>("state", to.State.Word()));
        }

        Granted again = new([.. moves.Where(move => move.To.State == RunState.Queued).Select(move => move.Run.Run)], Paced: false);
        await dispatch.SendAsync(aftermath with { Granted = aftermath.Granted + again }, moves.Select(move => move.Run.Run.Id));
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Run {Run} was taken from lost worker {Worker}; it is now {State}.")]
    private partial void LogRescued(Guid run, string worker, string state);

    private sealed record LostRun(QueuedRun Run, Guid? ScheduleId, string Kind, string? Policies, int Lost, int Attempt, int Fence, string Worker, bool CancelRequested)
    {
        public bool Limited { get; init; }

        public bool HasUniqueKey { get; init; }

        public string? TraceParent { get; init; }
    }
}
