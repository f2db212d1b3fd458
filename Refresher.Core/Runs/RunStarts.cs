using System.Diagnostics;
using Npgsql;
using Refresher.Core.Access;
using Refresher.Core.Limits;
using Refresher.Core.Queue;

namespace Refresher.Core.Runs;

/// <summary>Writes the runs that people and programs ask for, all or none. Those due now are queued, and sent unless a limit holds them.</summary>
public sealed class RunStarts(NpgsqlDataSource database, RunInserts inserts, LimitCatalog limits, RunDispatch dispatch, TimeProvider clock)
{
    /// <param name="entry">Who asked for it, for the audit; null when nobody did but the program itself.</param>
    /// <returns>For each of <paramref name="asked"/> the run it came to: itself, or the one that has its unique key.</returns>
    public async Task<IReadOnlyList<Guid>> WriteAsync(IReadOnlyList<NewRun> asked, AuditEntry? entry, CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var rules = await limits.CurrentAsync(cancel);
        var trace = Activity.Current?.Id;
        var runs = trace is null ? asked : [.. asked.Select(run => run with { TraceParent = trace })];
        await inserts.PrepareAsync(runs, cancel);
        await using var connection = await database.OpenConnectionAsync(cancel);
        await using var transaction = await connection.BeginTransactionAsync(cancel);
        var queued = runs.Where(run => run.State == RunState.Queued);
        var admission = await Admission.BeginAsync(connection, rules, queued.Select(SubjectOf), cancel);
        await RunEndings.LockSchedulesAsync(connection, queued.Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        var others = await UniqueKeys.TakeAsync(connection, runs, now, cancel);
        var mine = runs.Where(run => !others.ContainsKey(run.Id)).Select(run => Admit(run, admission)).ToArray();
        await admission.SaveAsync(cancel);
        await RunInserts.InsertAsync(connection, mine, now, cancel);
        await RunReleases.CountAsync(connection, mine.Where(run => run.State == RunState.Queued).Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        await AuditLog.WriteAsync(connection, entry is null ? [] : [entry], cancel);
        await transaction.CommitAsync(cancel);
        var free = mine.Where(run => run is { State: RunState.Queued, WaitingFor: null }).Select(run => new QueuedRun(run.Id, run.Queue, run.Priority));
        await dispatch.SendAsync(new Granted([.. free], admission.Paced), mine.Select(run => run.Id));
        return [.. asked.Select(run => others.TryGetValue(run.Id, out var holder) ? holder : run.Id)];
    }

    private static LimitSubject SubjectOf(NewRun run) => new(run.Id, run.Kind, run.Queue, run.ConcurrencyKey);

    private static NewRun Admit(NewRun run, Admission admission)
    {
        if (run.State != RunState.Queued)
        {
            return run;
        }

        var subject = SubjectOf(run);
        return admission.Admit(subject) is { } waitsFor ? run with { WaitingFor = waitsFor } : admission.HasSlots(run.Id) ? run with { Limited = true } : run;
    }
}
