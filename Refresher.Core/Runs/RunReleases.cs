using System.Diagnostics;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Limits;
using Refresher.Core.Queue;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Telemetry;

namespace Refresher.Core.Runs;

/// <summary>A run that will be ready soon: what the scheduler's timer holds.</summary>
internal readonly record struct WaitingRun(Guid Id, Guid? ScheduleId, DateTimeOffset ReadyAt, string Kind, string Queue, string? ConcurrencyKey)
{
    public LimitSubject Subject => new(Id, Kind, Queue, ConcurrencyKey);
}

/// <summary>A run about to enter its queue, locked.</summary>
internal readonly record struct ReadyRun(QueuedRun Run, Guid? ScheduleId, bool WasRetrying, RunTrigger Trigger, DateTimeOffset ReadyAt, WaitingRun Waiting);

/// <summary>
/// Moves runs whose time has come, or comes in a moment, into their queues, and decides there what calendars exclude, what an unfinished run of
/// the same schedule means and which limits have room. Limits and the schedules' rows are locked first, so that two schedulers cannot both find one free.
/// </summary>
internal sealed class RunReleases(NpgsqlDataSource database, LimitCatalog limits, CalendarCatalog calendars, Overlaps overlaps, RunEndings endings, TimeProvider clock)
{
    private const string SelectSql = """
        SELECT id, schedule_id, state, queue, priority, trigger, ready_at, trace_parent FROM runs
        WHERE id = ANY($1) AND id >= $2 AND id <= $3 AND state = ANY($4) AND ready_at <= $5
        ORDER BY id FOR UPDATE SKIP LOCKED
        """;

    private const string QueueSql = """
        UPDATE runs SET state = 'queued', queued_at = GREATEST($4, ready_at), reason = NULL, limited = id = ANY($5) WHERE id = ANY($1) AND id >= $2 AND id <= $3
        """;

    private const string HoldSql = """
        UPDATE runs r SET state = 'queued', queued_at = GREATEST($3, ready_at), reason = NULL, waiting_for = h.waiting_for, held_since = r.ready_at
        FROM unnest($1, $2) AS h(id, waiting_for) WHERE r.id = h.id AND r.id = ANY($1) AND r.id >= $4 AND r.id <= $5
        """;

    private const string SkipSql = """
        UPDATE runs r SET state = 'skipped', reason = s.reason, finished_at = $3 FROM unnest($1, $2) AS s(id, reason)
        WHERE r.id = s.id AND r.id = ANY($1) AND r.id >= $4 AND r.id <= $5
        """;

    /// <summary>Runs are released so long before they are ready that the database's part is over when they are.</summary>
    public static readonly TimeSpan Ahead = TimeSpan.FromMilliseconds(250);

    private static readonly string[] From = RunTransitions.From(RunState.Queued, RunActor.Scheduler);

    /// <summary>Releases those of <paramref name="waiting"/> that are ready within <see cref="Ahead"/>, in one transaction.</summary>
    public async Task<Released> ReleaseAsync(IReadOnlyCollection<WaitingRun> waiting, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var rules = await limits.CurrentAsync(cancel);
        var blackouts = await calendars.CurrentAsync(cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await IndexPlans.UseAsync(connection, cancel);
        var admission = await Admission.BeginAsync(connection, rules, waiting.Select(run => run.Subject), cancel);
        var schedules = await Overlaps.LockAsync(connection, waiting.Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        var ready = await SelectAsync(connection, waiting, now, cancel);
        if (ready.Count == 0)
        {
            return Released.Nothing;
        }

        var spans = RunSpans.Begin("release", ActivityKind.Producer, ready.Select(run => (run.Run.Id, run.Waiting.Kind, run.Run.Trace)));
        var (open, excluded) = Blackouts.Of(ready, schedules, blackouts);
        var decided = await overlaps.DecideAsync(connection, open, schedules, now, cancel);
        decided.Skip.AddRange(excluded);
        var (queued, held) = Admit(decided.Go, admission);
        await admission.SaveAsync(cancel);
        await QueueAsync(connection, queued, admission, now, cancel);
        await WriteAsync(connection, HoldSql, [.. held, .. decided.Wait.Select(run => (run.Run.Id, Waits.Overlap))], now, cancel);
        await WriteAsync(connection, SkipSql, [.. decided.Skip.Select(skip => (skip.Run.Run.Id, skip.Reason))], now, cancel);
        await CountAsync(connection, decided.Go.Where(run => run is { WasRetrying: false, ScheduleId: not null }).Select(run => run.ScheduleId!.Value), cancel);
        var aftermath = await endings.ApplyAsync(
            connection, [.. decided.Skip.Select(skip => new EndedRun(skip.Run.Run.Id, skip.Run.ScheduleId, skip.Run.Waiting.Kind, RunState.Skipped, now))], now, cancel);
        await transaction.CommitAsync(cancel);
        spans.End(queued.Select(run => run.Run.Id).ToHashSet().Contains);
        return new Released(
            [.. queued.Select(run => (run.Run with { Trace = spans.TraceOf(run.Run.Id) ?? run.Run.Trace }, run.ReadyAt))], decided.TooEarly, decided.ToCancel, decided.Aftermath + aftermath + new Aftermath(new Granted([], admission.Paced), false));
    }

    /// <summary>Counts runs that enter their queue as active, so that overlaps are seen. The rows are locked by the caller.</summary>
    internal static async Task CountAsync(NpgsqlConnection connection, IEnumerable<Guid> schedules, CancellationToken cancel)
    {
        var counts = schedules.GroupBy(id => id).Select(runs => (Id: runs.Key, Count: runs.Count())).ToArray();
        if (counts.Length == 0)
        {
            return;
        }

        await using var command = new NpgsqlCommand(
            "UPDATE schedule_states s SET active = s.active + n.count FROM unnest($1, $2) AS n(id, count) WHERE s.schedule_id = n.id", connection);
        command.Parameters.Add(new() { Value = Array.ConvertAll(counts, c => c.Id) });
        command.Parameters.Add(new() { Value = Array.ConvertAll(counts, c => c.Count) });
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static (List<ReadyRun> Queued, List<(Guid Id, string WaitsFor)> Held) Admit(List<ReadyRun> go, Admission admission)
    {
        var (queued, held) = (new List<ReadyRun>(go.Count), new List<(Guid, string)>());
        foreach (var run in go.OrderBy(run => run.Run.Priority).ThenBy(run => run.ReadyAt))
        {
            if (admission.Admit(run.Waiting.Subject) is { } waitsFor)
            {
                held.Add((run.Run.Id, waitsFor));
            }
            else
            {
                queued.Add(run);
            }
        }

        return (queued, held);
    }

    private static async Task<List<ReadyRun>> SelectAsync(NpgsqlConnection connection, IReadOnlyCollection<WaitingRun> waiting, DateTimeOffset now, CancellationToken cancel)
    {
        var byId = waiting.ToDictionary(run => run.Id);
        Guid[] ids = [.. byId.Keys];
        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = new NpgsqlCommand(SelectSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = From }, new() { Value = now + Ahead } },
        };
        await using var reader = await command.ExecuteReaderAsync(cancel);
        var ready = new List<ReadyRun>(ids.Length);
        while (await reader.ReadAsync(cancel))
        {
            ready.Add(new ReadyRun(
                new QueuedRun(reader.GetGuid(0), reader.GetString(3), reader.GetInt16(4)) { Trace = reader.IsDBNull(7) ? null : reader.GetString(7) },
                reader.IsDBNull(1) ? null : reader.GetGuid(1),
                reader.GetString(2) == RunState.Retrying.Word(),
                Words<RunTrigger>.Parse(reader.GetString(5)),
                reader.GetFieldValue<DateTimeOffset>(6),
                byId[reader.GetGuid(0)]));
        }

        return ready;
    }

    private static async Task QueueAsync(NpgsqlConnection connection, List<ReadyRun> queued, Admission admission, DateTimeOffset now, CancellationToken cancel)
    {
        if (queued.Count == 0)
        {
            return;
        }

        var ids = queued.Select(run => run.Run.Id).ToArray();
        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = new NpgsqlCommand(QueueSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest }, new() { Value = now }, new() { Value = Array.FindAll(ids, admission.HasSlots) } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }

    private static async Task WriteAsync(NpgsqlConnection connection, string sql, (Guid Id, string Text)[] runs, DateTimeOffset now, CancellationToken cancel)
    {
        if (runs.Length == 0)
        {
            return;
        }

        var ids = Array.ConvertAll(runs, run => run.Id);
        var (lowest, highest) = RunId.Bounds(ids);
        await using var command = new NpgsqlCommand(sql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = Array.ConvertAll(runs, run => run.Text) }, new() { Value = now }, new() { Value = lowest }, new() { Value = highest } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}

/// <summary>What a release came to.</summary>
/// <param name="Queued">To be sent at their instant.</param>
/// <param name="TooEarly">To be looked at again when they are ready: now it might be wrong to skip them.</param>
/// <param name="ToCancel">Running, and asked to end for the sake of a later occurrence.</param>
internal sealed record Released(
    IReadOnlyList<(QueuedRun Run, DateTimeOffset At)> Queued, IReadOnlyList<WaitingRun> TooEarly, IReadOnlyList<Guid> ToCancel, Aftermath Aftermath)
{
    public static Released Nothing { get; } = new([], [], [], Aftermath.Nothing);
}
