using System.Diagnostics;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Refresher.Core.Contract;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>What people and programs do to runs.</summary>
public sealed class RunCommands(NpgsqlDataSource database, RefresherDb db, RunInserts inserts, RunQueue queue, RunOrders orders, LiveSignals signals, KindCatalog kinds, TimeProvider clock)
{
    /// <summary>Runs that one request may ask for.</summary>
    public const int MostAtOnce = 50_000;

    private const string CancelSql = """
        UPDATE runs SET state = 'cancelled', reason = $3, finished_at = $4 WHERE id = $1 AND state = ANY($2)
        RETURNING id, schedule_id, queued_at IS NOT NULL
        """;

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
            if (inputs[i].ToRun(kinds, now, wrong) is { } run)
            {
                runs.Add(run);
            }

            errors.AddAll(wrong, inputs.Count == 1 ? "" : $"[{i}]");
        }

        if (errors.Count > 0)
        {
            return Result<IReadOnlyList<Guid>>.Invalid(errors);
        }

        await InsertAsync(runs, now, cancel);
        return Result<IReadOnlyList<Guid>>.Done([.. runs.Select(run => run.Id)]);
    }

    /// <summary>Writes one run that is due now, and sends it.</summary>
    public async Task<Run> StartAsync(NewRun run, CancellationToken cancel)
    {
        await InsertAsync([run], clock.GetUtcNow(), cancel);
        return await db.Runs.AsNoTracking().SingleAsync(r => r.Id == run.Id, cancel);
    }

    /// <summary>Ends a run that waits, or tells the worker of one that runs to end it.</summary>
    /// <param name="by">Who asks, for the reason kept with the run.</param>
    public async Task<Result<Run>> CancelAsync(Guid id, string by, CancellationToken cancel)
    {
        if (await EndWaitingAsync(id, by, cancel) || await AskToEndAsync(id, cancel))
        {
            await signals.PublishAsync(LiveTopics.Of([id]));
            return Result<Run>.Done(await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancel));
        }

        return await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is { } run
            ? Result<Run>.Refused($"The run has ended already: it is {run.State.Word()}.")
            : Result<Run>.NotFound;
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
        return Result<Run>.Done(await StartAsync(new NewRun
        {
            Id = RunId.New(now),
            Kind = run.Kind,
            ScheduleId = run.ScheduleId,
            ScheduleKey = run.ScheduleKey,
            Trigger = RunTrigger.Rerun,
            State = RunState.Queued,
            Queue = run.Queue,
            Priority = run.Priority,
            Options = run.Options,
            Policies = RunPolicies.Parse(run.Policies),
            DueAt = now,
            ParentId = run.Id,
        }, cancel));
    }

    private async Task InsertAsync(IReadOnlyList<NewRun> runs, DateTimeOffset now, CancellationToken cancel)
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
        await transaction.CommitAsync(cancel);
        await queue.SendAsync([.. queued.Select(run => new QueuedRun(run.Id, run.Queue, run.Priority))]);
        await signals.PublishAsync(LiveTopics.Of(traced.Select(run => run.Id)));
    }

    private async Task<bool> EndWaitingAsync(Guid id, string by, CancellationToken cancel)
    {
        var schedule = await db.Runs.Where(r => r.Id == id).Select(r => r.ScheduleId).SingleOrDefaultAsync(cancel);
        var now = clock.GetUtcNow();
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        await RunEndings.LockAsync(connection, schedule is { } one ? [one] : [], cancel);
        await using var command = new NpgsqlCommand(CancelSql, connection)
        {
            Parameters = { new() { Value = id }, new() { Value = RunTransitions.From(RunState.Cancelled, RunActor.Person) }, new() { Value = $"cancelled by {by}" }, new() { Value = now } },
        };
        bool? wasQueued = null;
        await using (var reader = await command.ExecuteReaderAsync(cancel))
        {
            if (await reader.ReadAsync(cancel))
            {
                wasQueued = reader.GetBoolean(2);
            }
        }

        if (wasQueued is { } active && schedule is { } scheduleId)
        {
            await RunEndings.ApplyAsync(connection, [new EndedRun(id, scheduleId, RunState.Cancelled, now, active)], cancel);
        }

        await transaction.CommitAsync(cancel);
        return wasQueued is not null;
    }

    private async Task<bool> AskToEndAsync(Guid id, CancellationToken cancel)
    {
        var asked = await db.Runs.Where(r => r.Id == id && r.State == RunState.Running).ExecuteUpdateAsync(set => set.SetProperty(r => r.CancelRequested, true), cancel) > 0;
        if (asked)
        {
            await orders.CancelAsync([id]);
        }

        return asked;
    }

    private async Task<bool> HurryAsync(Run run, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var moved = await db.Runs.Where(r => r.Id == run.Id && r.State == RunState.Retrying)
            .ExecuteUpdateAsync(set => set.SetProperty(r => r.State, RunState.Queued).SetProperty(r => r.ReadyAt, now).SetProperty(r => r.QueuedAt, now), cancel) > 0;
        if (moved)
        {
            await queue.SendAsync([new QueuedRun(run.Id, run.Queue, run.Priority)]);
            await signals.PublishAsync(LiveTopics.Of([run.Id]));
        }

        return moved;
    }
}
