using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using Refresher.Core.Alerts;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Outbox;
using Refresher.Core.Runs;

namespace Refresher.Core.Watch;

/// <summary>Looks for attempts that go on for longer than their schedule allows, or have used most of their time limit. The subject is the schedule, or the kind for runs without one.</summary>
internal sealed class LongRunWatch(
    NpgsqlDataSource database, KindCatalog kinds, OutboxWriter outbox, IOptions<WatchOptions> options, TimeProvider clock, SchemaGate gate, ILogger<LongRunWatch> log)
    : ConditionWatch(database, outbox, options, clock, gate, log)
{
    // An attempt begins soon after it was queued for it; a run that waited in its queue for long is younger than this says by at most that wait.
    private const string Sql = """
        SELECT id, schedule_id, kind, policies, GREATEST(started_at, queued_at) FROM runs
        WHERE finished_at IS NULL AND state = 'running' AND GREATEST(started_at, queued_at) < $1 ORDER BY 5 LIMIT 10000
        """;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);

    protected override string Condition => CoreConditions.RunTooLong;

    protected override async Task<IReadOnlyList<Trouble>?> LookAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancel)
    {
        var longest = new List<(Guid Run, Guid? Schedule, string Kind, string Reason)>();
        await using (var look = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = now - Shortest } } })
        await using (var row = await look.ExecuteReaderAsync(cancel))
        {
            while (await row.ReadAsync(cancel))
            {
                var kind = row.GetString(2);
                var policies = RunPolicies.Parse(row.IsDBNull(3) ? null : row.GetString(3));
                var limit = EffectivePolicies.Of(policies, kinds.Find(kind)?.Defaults).Timeout;
                var ran = now - row.GetFieldValue<DateTimeOffset>(4);
                if (ran > (policies.LongAfter ?? limit * Options.LongPart))
                {
                    var allowed = policies.LongAfter is { } after ? $"{PlainJson.Write(after)} is allowed" : $"its time limit is {PlainJson.Write(limit)}";
                    longest.Add((row.GetGuid(0), row.IsDBNull(1) ? null : row.GetGuid(1), kind, $"has run for {PlainJson.Write(TimeSpan.FromSeconds(Math.Floor(ran.TotalSeconds)))}; {allowed}"));
                }
            }
        }

        var schedules = await ScheduleSubjects.ReadAsync(connection, longest.Select(run => run.Schedule).OfType<Guid>(), cancel);
        return [.. longest.Select(run => new Trouble(
            run.Schedule is { } schedule && schedules.TryGetValue(schedule, out var subject) ? subject : new TroubledSubject(run.Kind, run.Kind, []),
            now, run.Reason, $"/runs/{run.Run}"))];
    }
}
