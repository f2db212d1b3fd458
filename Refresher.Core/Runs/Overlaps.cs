using Npgsql;
using Refresher.Core.Schedules;

namespace Refresher.Core.Runs;

/// <summary>A schedule as far as overlaps go; its row is locked.</summary>
internal sealed record ScheduleLoad(int Active, Guid? WaitingRunId, Overlap Overlap, IReadOnlyList<string> Calendars);

/// <summary>What becomes of runs whose time has come, as far as their schedules' earlier runs are concerned.</summary>
internal sealed record OverlapDecisions
{
    public List<ReadyRun> Go { get; } = [];

    /// <summary>They wait for the one before to end.</summary>
    public List<ReadyRun> Wait { get; } = [];

    public List<(ReadyRun Run, string Reason)> Skip { get; } = [];

    public List<WaitingRun> TooEarly { get; } = [];

    /// <summary>Running, and asked to end.</summary>
    public List<Guid> ToCancel { get; } = [];

    public Aftermath Aftermath { get; set; } = Aftermath.Nothing;
}

/// <summary>
/// Decides what happens when an occurrence comes while a run of the same schedule is unfinished. What people and programs ask for beside the
/// cadence runs in any case.
/// </summary>
internal sealed class Overlaps(RunEndings endings)
{
    private const string LockSql = """
        SELECT t.schedule_id, t.active, t.waiting_run_id, s.overlap, s.calendars FROM schedule_states t JOIN schedules s ON s.id = t.schedule_id
        WHERE t.schedule_id = ANY($1) ORDER BY t.schedule_id FOR UPDATE OF t
        """;

    // A run that nobody took in time is no reason to skip the one after it; the loop that expires it may only be a second behind.
    private const string ExpireSql = """
        UPDATE runs SET state = 'expired', reason = 'expired: the next occurrence came before a worker took it', finished_at = $2
        WHERE schedule_id = ANY($1) AND id >= $3 AND state = ANY($4) AND expires_at <= $2
        """ + RunRows.Returning;

    private const string ReplaceSql = """
        UPDATE runs SET state = 'cancelled', reason = 'overlap: a later occurrence took its place', finished_at = $2
        WHERE schedule_id = ANY($1) AND id >= $3 AND state = ANY($4) AND trigger IN ('cadence', 'chain')
        """ + RunRows.Returning;

    private const string AskSql = """
        UPDATE runs SET cancel_requested = true, reason = 'overlap: asked to end, a later occurrence has come'
        WHERE schedule_id = ANY($1) AND id >= $2 AND finished_at IS NULL AND state = 'running' AND trigger IN ('cadence', 'chain') RETURNING id
        """;

    /// <summary>Runs older than this have long reached a limit of their own.</summary>
    private static readonly TimeSpan Oldest = TimeSpan.FromDays(31);

    public static async Task<Dictionary<Guid, ScheduleLoad>> LockAsync(NpgsqlConnection connection, IEnumerable<Guid> schedules, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, ScheduleLoad>();
        await using var command = new NpgsqlCommand(LockSql, connection) { Parameters = { new() { Value = schedules.Distinct().ToArray() } } };
        await using var row = await command.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            found[row.GetGuid(0)] = new ScheduleLoad(
                row.GetInt32(1), row.IsDBNull(2) ? null : row.GetGuid(2), row.IsDBNull(3) ? PlatformDefaults.Overlap : Words<Overlap>.Parse(row.GetString(3)),
                row.GetFieldValue<string[]>(4));
        }

        return found;
    }

    /// <param name="schedules">As <see cref="LockAsync"/> found them; changed by what is decided here.</param>
    public async Task<OverlapDecisions> DecideAsync(
        NpgsqlConnection connection, IReadOnlyList<ReadyRun> ready, Dictionary<Guid, ScheduleLoad> schedules, DateTimeOffset now, CancellationToken cancel)
    {
        var decisions = new OverlapDecisions();
        var contested = new List<ReadyRun>();
        foreach (var run in ready)
        {
            if (IsFree(run, schedules))
            {
                Go(run, schedules, decisions);
            }
            else if (run.ReadyAt > now)
            {
                decisions.TooEarly.Add(run.Waiting);
            }
            else
            {
                contested.Add(run);
            }
        }

        if (contested.Count > 0)
        {
            await ExpireAsync(connection, contested, schedules, decisions, now, cancel);
            foreach (var run in contested)
            {
                await DecideAsync(connection, run, schedules, decisions, now, cancel);
            }
        }

        return decisions;
    }

    private static bool IsFree(ReadyRun run, Dictionary<Guid, ScheduleLoad> schedules) =>
        run.WasRetrying || run.Trigger is not (RunTrigger.Cadence or RunTrigger.Chain) || run.ScheduleId is not { } id
        || !schedules.TryGetValue(id, out var schedule) || schedule is { Active: 0, WaitingRunId: null } || schedule.Overlap == Overlap.Allow;

    private static void Go(ReadyRun run, Dictionary<Guid, ScheduleLoad> schedules, OverlapDecisions decisions)
    {
        if (!run.WasRetrying && run.ScheduleId is { } id && schedules.TryGetValue(id, out var schedule))
        {
            schedules[id] = schedule with { Active = schedule.Active + 1 };
        }

        decisions.Go.Add(run);
    }

    private async Task DecideAsync(
        NpgsqlConnection connection, ReadyRun run, Dictionary<Guid, ScheduleLoad> schedules, OverlapDecisions decisions, DateTimeOffset now, CancellationToken cancel)
    {
        var id = run.ScheduleId!.Value;
        if (schedules[id].Overlap == Overlap.CancelPrevious)
        {
            await ReplaceAsync(connection, id, schedules, decisions, now, cancel);
        }

        switch (schedules[id])
        {
            case { Active: 0, WaitingRunId: null }:
                Go(run, schedules, decisions);
                break;
            case { Overlap: Overlap.Skip }:
                decisions.Skip.Add((run, "overlap: an earlier run of this schedule had not ended"));
                break;
            case { WaitingRunId: not null }:
                decisions.Skip.Add((run, "overlap: an earlier run of this schedule waits already for the one before it to end"));
                break;
            case var schedule:
                schedules[id] = schedule with { WaitingRunId = run.Run.Id };
                await WaitAsync(connection, id, run.Run.Id, cancel);
                decisions.Wait.Add(run);
                break;
        }
    }

    private async Task ExpireAsync(
        NpgsqlConnection connection, List<ReadyRun> contested, Dictionary<Guid, ScheduleLoad> schedules, OverlapDecisions decisions, DateTimeOffset now, CancellationToken cancel)
    {
        var ids = contested.Select(run => run.ScheduleId!.Value).Distinct().ToArray();
        await using var command = new NpgsqlCommand(ExpireSql, connection)
        {
            Parameters = { new() { Value = ids }, new() { Value = now }, new() { Value = RunId.LowestAt(now - Oldest) }, new() { Value = RunTransitions.From(RunState.Expired, RunActor.Scheduler) } },
        };
        await EndAsync(connection, command, RunState.Expired, ids, schedules, decisions, now, cancel);
    }

    /// <summary>Ends what has not begun of a schedule, and asks what runs to end.</summary>
    private async Task ReplaceAsync(
        NpgsqlConnection connection, Guid schedule, Dictionary<Guid, ScheduleLoad> schedules, OverlapDecisions decisions, DateTimeOffset now, CancellationToken cancel)
    {
        await using var replace = new NpgsqlCommand(ReplaceSql, connection)
        {
            Parameters =
            {
                new() { Value = new[] { schedule } }, new() { Value = now }, new() { Value = RunId.LowestAt(now - Oldest) },
                new() { Value = RunTransitions.From(RunState.Cancelled, RunActor.Scheduler) },
            },
        };

        // Of two occurrences decided here together the later one replaces the earlier one, of which the rows do not tell yet.
        schedules[schedule] = schedules[schedule] with { Active = schedules[schedule].Active - Supersede(decisions.Go, schedule, decisions) };
        Supersede(decisions.Wait, schedule, decisions);
        schedules[schedule] = schedules[schedule] with { WaitingRunId = null };
        await EndAsync(connection, replace, RunState.Cancelled, [schedule], schedules, decisions, now, cancel);
        await using var ask = new NpgsqlCommand(AskSql, connection) { Parameters = { new() { Value = new[] { schedule } }, new() { Value = RunId.LowestAt(now - Oldest) } } };
        await using var row = await ask.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            decisions.ToCancel.Add(row.GetGuid(0));
        }
    }

    private static int Supersede(List<ReadyRun> decided, Guid schedule, OverlapDecisions decisions)
    {
        var earlier = decided.FindAll(run => run.ScheduleId == schedule && !run.WasRetrying && run.Trigger is RunTrigger.Cadence or RunTrigger.Chain);
        decisions.Skip.AddRange(earlier.Select(run => (run, "overlap: a later occurrence took its place")));
        return decided.RemoveAll(earlier.Contains);
    }

    private async Task EndAsync(
        NpgsqlConnection connection, NpgsqlCommand command, RunState state, Guid[] ids, Dictionary<Guid, ScheduleLoad> schedules, OverlapDecisions decisions, DateTimeOffset now,
        CancellationToken cancel)
    {
        var ended = await RunRows.ReadEndedAsync(command, state, now, cancel);
        if (ended.Count == 0)
        {
            return;
        }

        var aftermath = await endings.ApplyAsync(connection, ended, now, cancel);
        decisions.Aftermath += aftermath;
        var pending = decisions.Go.Where(run => !run.WasRetrying && run.ScheduleId is not null).CountBy(run => run.ScheduleId!.Value).ToDictionary();
        foreach (var (id, load) in await LockAsync(connection, ids, cancel))
        {
            schedules[id] = load with { Active = load.Active + pending.GetValueOrDefault(id) };
        }
    }

    private static async Task WaitAsync(NpgsqlConnection connection, Guid schedule, Guid run, CancellationToken cancel)
    {
        await using var command = new NpgsqlCommand("UPDATE schedule_states SET waiting_run_id = $2 WHERE schedule_id = $1", connection)
        {
            Parameters = { new() { Value = schedule }, new() { Value = run } },
        };
        await command.ExecuteNonQueryAsync(cancel);
    }
}
