using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>What people and programs do to runs.</summary>
public sealed class RunCommands(
    NpgsqlDataSource database, RefresherDb db, RunInserts inserts, AuditLog audit, RunQueue queue, RunOrders orders, LiveSignals signals, KindCatalog kinds, OptionSecrets secrets,
    TimeProvider clock)
{
    /// <summary>Runs that one request may ask for.</summary>
    public const int MostAtOnce = 50_000;

    private const string CancelSql = """
        UPDATE runs SET state = 'cancelled', reason = $3, finished_at = $4 WHERE id = $1 AND state = ANY($2)
        RETURNING id, schedule_id, queued_at IS NOT NULL
        """;

    private const string AskToEndSql = "UPDATE runs SET cancel_requested = true WHERE id = $1 AND state = 'running'";

    private const string HurrySql = "UPDATE runs SET state = 'queued', ready_at = $2, queued_at = $2 WHERE id = $1 AND state = 'retrying'";

    /// <summary>Makes runs, all or none: those due now are queued at once, the others wait for their time.</summary>
    /// <returns>The ids, in the order of the inputs; errors by field, with the position where there are several.</returns>
    public async Task<Result<IReadOnlyList<Guid>>> CreateAsync(IReadOnlyList<RunInput> inputs, CancellationToken cancel)
    {
        var errors = new FieldErrors();
        if (inputs.Count > MostAtOnce)
        {
            return Result<IReadOnlyList<Guid>>.Invalid(errors.Add("", $"{inputs.Count} runs at once; at most {MostAtOnce} are allowed. Send them in parts."));
        }

        var now = clock.GetUtcNow();
        var runs = new List<NewRun>(inputs.Count);
        for (var i = 0; i < inputs.Count && errors.Count < 20; i++)
        {
            var wrong = new FieldErrors();
            if (inputs[i].ToRun(kinds, secrets, now, wrong) is { } run)
            {
                runs.Add(run);
            }

            errors.AddAll(wrong, inputs.Count == 1 ? "" : $"[{i}]");
        }

        if (errors.Count > 0)
        {
            return Result<IReadOnlyList<Guid>>.Invalid(errors);
        }

        if (runs.Count > 0)
        {
            await InsertAsync(runs, audit.Entry("run.create", AuditedRun.Subject(runs), null, AuditedRun.Of(runs, kinds)), now, cancel);
        }

        return Result<IReadOnlyList<Guid>>.Done([.. runs.Select(run => run.Id)]);
    }

    /// <summary>Writes one run that is due now, and sends it.</summary>
    /// <param name="entry">Who asked for it, for the audit; null when nobody did but the program itself.</param>
    public async Task<Run> StartAsync(NewRun run, AuditEntry? entry, CancellationToken cancel)
    {
        await InsertAsync([run], entry, clock.GetUtcNow(), cancel);
        return await db.Runs.AsNoTracking().SingleAsync(r => r.Id == run.Id, cancel);
    }

    /// <summary>Ends a run that waits, or tells the worker of one that runs to end it.</summary>
    /// <param name="by">Who asks, for the reason kept with the run.</param>
    public async Task<Result<Run>> CancelAsync(Guid id, string by, CancellationToken cancel)
    {
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } found)
        {
            return Result<Run>.NotFound;
        }

        var done = await EndWaitingAsync(found, by, cancel) || await AskToEndAsync(found, cancel);
        var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancel);
        if (!done)
        {
            return Result<Run>.Refused($"The run has ended already: it is {run.State.Word()}.");
        }

        await signals.PublishAsync(LiveTopics.Of([id]));
        return Result<Run>.Done(run);
    }

    /// <summary>Does it again: a run that waits for its next attempt goes at once, an ended one is repeated as a new run with the same options.</summary>
    public async Task<Result<Run>> RetryAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } run)
        {
            return Result<Run>.NotFound;
        }

        if (run.State == RunState.Retrying && await HurryAsync(run, cancel))
        {
            return Result<Run>.Done(await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancel));
        }

        if (!run.State.IsFinal())
        {
            return Result<Run>.Refused($"The run is {run.State.Word()}: there is nothing to repeat yet.");
        }

        var now = clock.GetUtcNow();
        var again = new NewRun
        {
            Id = RunId.New(now),
            Kind = run.Kind,
            ScheduleId = run.ScheduleId,
            ScheduleKey = run.ScheduleKey,
            Trigger = RunTrigger.Rerun,
            State = RunState.Queued,
            Queue = run.Queue,
            Priority = run.Priority,
            Options = secrets.Seal(kinds.Find(run.Kind), run.Options),
            Policies = RunPolicies.Parse(run.Policies),
            DueAt = now,
            ParentId = run.Id,
        };
        return Result<Run>.Done(await StartAsync(again, audit.Entry("run.retry", AuditedRun.Subject(run), null, new() { ["run"] = again.Id }), cancel));
    }

    private async Task InsertAsync(IReadOnlyList<NewRun> runs, AuditEntry? entry, DateTimeOffset now, CancellationToken cancel)
    {
        var trace = Activity.Current?.Id;
        var traced = trace is null ? runs : [.. runs.Select(run => run with { TraceParent = trace })];
        await inserts.PrepareAsync(traced, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var queued = traced.Where(run => run.State == RunState.Queued).ToArray();
        var schedules = queued.Select(run => run.ScheduleId).OfType<Guid>().ToArray();
        await RunEndings.LockAsync(connection, schedules, cancel);
        await RunInserts.InsertAsync(connection, traced, now, cancel);
        await RunReleases.CountAsync(connection, schedules, cancel);
        await AuditLog.WriteAsync(connection, entry is null ? [] : [entry], cancel);
        await transaction.CommitAsync(cancel);
        await queue.SendAsync([.. queued.Select(run => new QueuedRun(run.Id, run.Queue, run.Priority))]);
        await signals.PublishAsync(LiveTopics.Of(traced.Select(run => run.Id)));
    }

    private async Task<bool> EndWaitingAsync(Run run, string by, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RunEndings.LockAsync(connection, run.ScheduleId is { } one ? [one] : [], cancel);
        await using var command = new NpgsqlCommand(CancelSql, connection)
        {
            Parameters = { new() { Value = run.Id }, new() { Value = RunTransitions.From(RunState.Cancelled, RunActor.Person) }, new() { Value = $"cancelled by {by}" }, new() { Value = now } },
        };
        bool? wasQueued = null;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (await reader.ReadAsync(cancel))
            {
                wasQueued = reader.GetBoolean(2);
            }
        }

        if (wasQueued is { } active && run.ScheduleId is { } scheduleId)
        {
            await RunEndings.ApplyAsync(connection, [new EndedRun(run.Id, scheduleId, RunState.Cancelled, now, active)], cancel);
        }

        if (wasQueued is not null)
        {
            await AuditLog.WriteAsync(connection, [audit.Entry(
                "run.cancel", AuditedRun.Subject(run), new() { ["state"] = run.State.Word() }, new() { ["state"] = RunState.Cancelled.Word() })], cancel);
        }

        await transaction.CommitAsync(cancel);
        return wasQueued is not null;
    }

    private async Task<bool> AskToEndAsync(Run run, CancellationToken cancel)
    {
        var asked = await ChangeAsync(
            new NpgsqlCommand(AskToEndSql) { Parameters = { new() { Value = run.Id } } },
            audit.Entry("run.cancel", AuditedRun.Subject(run), null, new() { ["cancelRequested"] = true }), cancel);
        if (asked)
        {
            await orders.CancelAsync([run.Id]);
        }

        return asked;
    }

    private async Task<bool> HurryAsync(Run run, CancellationToken cancel)
    {
        var moved = await ChangeAsync(
            new NpgsqlCommand(HurrySql) { Parameters = { new() { Value = run.Id }, new() { Value = clock.GetUtcNow() } } },
            audit.Entry("run.retry", AuditedRun.Subject(run), new() { ["state"] = run.State.Word() }, new() { ["state"] = RunState.Queued.Word() }), cancel);
        if (moved)
        {
            await queue.SendAsync([new QueuedRun(run.Id, run.Queue, run.Priority)]);
            await signals.PublishAsync(LiveTopics.Of([run.Id]));
        }

        return moved;
    }

    /// <summary>Does something to a run and writes that it was done, in one transaction.</summary>
    /// <returns>False when the run was not in the state for it; then nothing is written.</returns>
    private async Task<bool> ChangeAsync(NpgsqlCommand command, AuditEntry entry, CancellationToken cancel)
    {
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await using (command)
        {
            command.Connection = connection;
            if (await command.ExecuteNonQueryAsync(cancel) == 0)
            {
                return false;
            }
        }

        await AuditLog.WriteAsync(connection, [entry], cancel);
        await transaction.CommitAsync(cancel);
        return true;
    }
}
