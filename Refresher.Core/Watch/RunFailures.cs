using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Outbox;
using Refresher.Core.Runs;

namespace Refresher.Core.Watch;

/// <summary>
/// Tells of failed runs and of the first success after them, in the transaction that ends the runs. A success that follows a success costs nothing:
/// <c>schedule_states.failures</c>, which that transaction has in hand anyhow, says whether there is anything to look at.
/// </summary>
/// <remarks>Runs without a schedule fail under their kind; what ends that is seen by <see cref="SightingWatch"/>.</remarks>
public sealed class RunFailures(OutboxWriter outbox)
{
    private const string FailedSql = "SELECT id, kind, reason FROM runs WHERE id = ANY($1) AND id >= $2 AND id <= $3";

    private const string CountSql = "UPDATE schedule_states s SET failures = f.failures FROM unnest($1, $2) AS f(schedule_id, failures) WHERE s.schedule_id = f.schedule_id";

    /// <summary>Call it last in the transaction, with the schedules' rows locked.</summary>
    /// <param name="failing">Schedules whose last runs failed before these.</param>
    /// <returns>True when there was something to tell: wake the readers after the commit.</returns>
    internal async Task<bool> TellAsync(NpgsqlConnection connection, IReadOnlyCollection<EndedRun> ended, IReadOnlySet<Guid> failing, CancellationToken cancel)
    {
        var touched = ended.Where(run => run.State == RunState.Failed || (run.State == RunState.Succeeded && run.ScheduleId is { } schedule && failing.Contains(schedule)))
            .Select(run => run.ScheduleId).ToHashSet();
        if (touched.Count == 0)
        {
            return false;
        }

        var looked = ended.Where(run => touched.Contains(run.ScheduleId) && (run.State == RunState.Failed || (run.State == RunState.Succeeded && run.ScheduleId is not null))).ToArray();
        var failures = await ReadAsync(connection, [.. looked.Where(run => run.State == RunState.Failed).Select(run => run.Id)], cancel);
        var schedules = await ScheduleSubjects.ReadAsync(connection, looked.Select(run => run.ScheduleId).OfType<Guid>(), cancel);
        var lines = looked.GroupBy(run => SubjectOf(run, failures, schedules)).Where(runs => runs.Key is not null).Select(runs => Stretches(runs.Key!, [.. runs.OrderBy(run => run.At)], failures)).ToList();
        var traces = looked.GroupBy(run => SubjectOf(run, failures, schedules)?.Id ?? "").ToDictionary(runs => runs.Key, runs => runs.MaxBy(run => run.At).TraceParent, StringComparer.Ordinal);
        var (told, counts) = await WriteAsync(connection, lines, cancel);
        await CountAsync(connection, counts, schedules, cancel);
        await outbox.AppendAsync(connection, told.ConvertAll(change => change with { TraceParent = traces.GetValueOrDefault(change.Key) }), cancel);
        return told.Count > 0;
    }

    private static TroubledSubject? SubjectOf(EndedRun run, Dictionary<Guid, (string Kind, string? Reason)> failures, Dictionary<Guid, TroubledSubject> schedules) =>
        run.ScheduleId is { } schedule ? schedules.GetValueOrDefault(schedule)
        : failures.TryGetValue(run.Id, out var failed) ? new TroubledSubject(failed.Kind, failed.Kind, []) : null;

    /// <summary>The runs of a subject in their order, failures that follow one another together.</summary>
    private static Queue<Stretch> Stretches(TroubledSubject subject, EndedRun[] runs, Dictionary<Guid, (string Kind, string? Reason)> failures)
    {
        var stretches = new Queue<Stretch>();
        for (var i = 0; i < runs.Length;)
        {
            var from = i;
            while (i < runs.Length && runs[i].State == runs[from].State)
            {
                i++;
            }

            var (last, failed) = (runs[i - 1], runs[from].State == RunState.Failed);
            failures.TryGetValue(last.Id, out var how);
            stretches.Enqueue(new Stretch(failed, new Trouble(subject, last.At, how.Reason, $"/runs/{last.Id}", i - from)
            {
                Facts = failed ? [new("Task", how.Kind), new("Run", last.Id.ToString())] : [],
            }));
        }

        return stretches;
    }

    /// <summary>Writes the first stretch of each subject, then the second of those that have one, and so on.</summary>
    private static async Task<(List<NewEvent> Told, Dictionary<string, int> Counts)> WriteAsync(NpgsqlConnection connection, List<Queue<Stretch>> lines, CancellationToken cancel)
    {
        var (told, counts) = (new List<NewEvent>(), new Dictionary<string, int>(StringComparer.Ordinal));
        for (var round = lines; round.Count > 0; round = [.. round.Where(line => line.Count > 0)])
        {
            var heads = round.ConvertAll(line => line.Dequeue());
            foreach (var (subject, count, change) in await OpenConditions.BeginAsync(
                connection, CoreConditions.RunFailed, [.. heads.Where(head => head.Failed).Select(head => head.Seen)], counted: true, cancel))
            {
                counts[subject] = count;
                told.Add(change);
            }

            foreach (var success in heads.Where(head => !head.Failed).OrderBy(head => head.Seen.Subject.Id, StringComparer.Ordinal))
            {
                counts[success.Seen.Subject.Id] = 0;
                told.AddRange(await OpenConditions.EndAsync(connection, CoreConditions.RunFailed, [success.Seen.Subject.Id], success.Seen.At, null, cancel, success.Seen.Path));
            }
        }

        return (told, counts);
    }

    private static async Task CountAsync(NpgsqlConnection connection, Dictionary<string, int> counts, Dictionary<Guid, TroubledSubject> schedules, CancellationToken cancel)
    {
        var changed = schedules.Where(schedule => counts.ContainsKey(schedule.Value.Id)).ToArray();
        if (changed.Length == 0)
        {
            return;
        }

        await using var count = new NpgsqlCommand(CountSql, connection)
        {
            Parameters = { new() { Value = Array.ConvertAll(changed, one => one.Key) }, new() { Value = Array.ConvertAll(changed, one => counts[one.Value.Id]) } },
        };
        await count.ExecuteNonQueryAsync(cancel);
    }

    private static async Task<Dictionary<Guid, (string Kind, string? Reason)>> ReadAsync(NpgsqlConnection connection, Guid[] ids, CancellationToken cancel)
    {
        var found = new Dictionary<Guid, (string, string?)>(ids.Length);
        if (ids.Length == 0)
        {
            return found;
        }

        var (lowest, highest) = RunId.Bounds(ids);
        await using var find = new NpgsqlCommand(FailedSql, connection) { Parameters = { new() { Value = ids }, new() { Value = lowest }, new() { Value = highest } } };
        await using var row = await find.ExecuteReaderAsync(cancel);
        while (await row.ReadAsync(cancel))
        {
            found[row.GetGuid(0)] = (row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2));
        }

        return found;
    }

    /// <summary>Runs of one subject that ended alike, one after the other.</summary>
    private sealed record Stretch(bool Failed, Trouble Seen);
}
