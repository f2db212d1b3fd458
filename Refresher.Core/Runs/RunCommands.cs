using Microsoft.EntityFrameworkCore;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Core.Runs;

/// <summary>What people and programs do to runs.</summary>
public sealed class RunCommands(
    RefresherDb db, RunStarts starts, RunInterventions interventions, AuditLog audit, KindCatalog kinds, OptionSecrets secrets, TimeProvider clock)
{
    /// <summary>Runs that one request may ask for.</summary>
    public const int MostAtOnce = 50_000;

    /// <summary>Makes runs, all or none: those due now are queued at once, the others wait for their time.</summary>
    /// <returns>The ids, in the order of the inputs, of the runs that were made or that have the unique key asked for; errors by field, with the position where there are several.</returns>
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
            if (inputs[i].ToRun(kinds, secrets, now, i, wrong) is { } run)
            {
                runs.Add(run);
            }

            errors.AddAll(wrong, inputs.Count == 1 ? "" : $"[{i}]");
        }

        if (errors.Count > 0)
        {
            return Result<IReadOnlyList<Guid>>.Invalid(errors);
        }

        return Result<IReadOnlyList<Guid>>.Done(
            runs.Count == 0 ? [] : await starts.WriteAsync(runs, audit.Entry("run.create", AuditedRun.Subject(runs), null, AuditedRun.Of(runs, kinds)), cancel));
    }

    /// <summary>Writes one run that is due now, and sends it.</summary>
    /// <param name="entry">Who asked for it, for the audit; null when nobody did but the program itself.</param>
    public async Task<Run> StartAsync(NewRun run, AuditEntry? entry, CancellationToken cancel)
    {
        var id = (await starts.WriteAsync([run], entry, cancel))[0];
        return await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancel);
    }

    /// <summary>Ends a run that waits, or tells the worker of one that runs to end it.</summary>
    /// <param name="by">Who asks, for the reason kept with the run.</param>
    public async Task<Result<Run>> CancelAsync(Guid id, string by, CancellationToken cancel)
    {
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } found)
        {
            return Result<Run>.NotFound;
        }

        var done = await interventions.CancelAsync(found, $"cancelled by {by}", cancel);
        var run = await db.Runs.AsNoTracking().SingleAsync(r => r.Id == id, cancel);
        if (!done)
        {
            return Result<Run>.Refused($"The run has ended already: it is {run.State.Word()}.");
        }

        return Result<Run>.Done(run);
    }

    /// <summary>Does it again: a run that waits for its next attempt goes at once, an ended one is repeated as a new run with the same options.</summary>
    public async Task<Result<Run>> RetryAsync(Guid id, CancellationToken cancel)
    {
        if (await db.Runs.AsNoTracking().SingleOrDefaultAsync(r => r.Id == id, cancel) is not { } run)
        {
            return Result<Run>.NotFound;
        }

        if (run.State == RunState.Retrying && await interventions.HurryAsync(run, cancel))
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
            ConcurrencyKey = run.ConcurrencyKey,
            DueAt = now,
            ParentId = run.Id,
        };
        return Result<Run>.Done(await StartAsync(again, audit.Entry("run.retry", AuditedRun.Subject(run), null, new() { ["run"] = again.Id }), cancel));
    }
}
