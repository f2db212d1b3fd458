using System.Diagnostics;
using Npgsql;
using Refresher.Tasks;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>The schedulers were away for a day, as their due times tell: back in step within a minute, and rows as many as schedules, not as occurrences.</summary>
public sealed class DayOutageTests(ITestOutputHelper output)
{
    // Of a thousand schedules: 500 every ten minutes, 300 hourly by cron, 190 daily, 9 every minute and one every second.
    private const string MakeSql = """
        WITH made AS (
            INSERT INTO schedules (id, key, name, description, owner, tags, kind, options, cadence, queue, priority, enabled, created_at, updated_at, start_at)
            SELECT gen_random_uuid(), 'outage-' || n, 'Outage ' || n, '', '', '{}', 'hello', '{}',
                   (CASE WHEN n % 1000 < 500 THEN '{"type":"every","every":"00:10:00"}' WHEN n % 1000 < 800 THEN '{"type":"cron","cron":"0 * * * *"}'
                        WHEN n % 1000 < 990 THEN '{"type":"every","every":"1.00:00:00"}' WHEN n % 1000 < 999 THEN '{"type":"every","every":"00:01:00"}'
                        ELSE '{"type":"every","every":"00:00:01"}' END)::jsonb,
                   'default', 2, true, now() - interval '3 days', now() - interval '3 days', date_trunc('hour', now()) - interval '2 days' + CASE WHEN n % 1000 BETWEEN 500 AND 799 THEN 0 ELSE n % 600 END * interval '1 second'
            FROM generate_series(0, $1 - 1) AS n RETURNING id, start_at)
        INSERT INTO schedule_states (schedule_id, next_due_at, active, prepared) SELECT id, start_at + interval '1 day', 0, 0 FROM made
        """;

    /// <summary>One row: schedules behind, runs behind, runs, gaps, occurrences that stand in gaps.</summary>
    private const string LookSql = """
        SELECT (SELECT count(*) FROM schedule_states WHERE next_due_at <= now()),
               (SELECT count(*) FROM runs WHERE finished_at IS NULL AND state IN ('scheduled', 'retrying') AND ready_at < now() - interval '2 seconds'),
               (SELECT count(*) FROM runs), (SELECT count(*) FROM occurrence_gaps), (SELECT COALESCE(sum(count), 0)::bigint FROM occurrence_gaps),
               (SELECT count(*) FROM runs WHERE finished_at IS NULL AND state <> 'scheduled')
        """;

    [Fact]
    public Task After_a_day_2000_schedules_are_back_in_step_within_a_minute() => ReturnAsync(2000);

    [Fact]
    [Trait("Suite", "chaos")]
    public Task After_a_day_100000_schedules_are_back_in_step_within_a_minute() => ReturnAsync(100_000);

    private async Task ReturnAsync(int schedules)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using (await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler"))
        {
            // Makes the schema, and goes.
        }

        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using (var make = source.CreateCommand(MakeSql))
        {
            make.Parameters.Add(new() { Value = schedules });
            make.CommandTimeout = 300;
            await make.ExecuteNonQueryAsync();
        }

        await using (var analyze = source.CreateCommand("ANALYZE schedules, schedule_states"))
        {
            await analyze.ExecuteNonQueryAsync();
        }

        var away = Stopwatch.StartNew();
        await using var scheduler = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");
        await using var worker = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "worker");
        var back = await Eventually.SeeAsync(() => LookAsync(source), seen => seen is { SchedulesBehind: 0, RunsBehind: 0 }, seconds: 180);
        var inStep = away.Elapsed;
        await Eventually.SeeAsync(() => LookAsync(source), seen => seen.Unfinished < 50, seconds: 300);
        output.WriteLine(
            $"{schedules} schedules, a day away: in step after {inStep.TotalSeconds:0.0} s, all made up for after {away.Elapsed.TotalSeconds:0.0} s; {back.Runs} runs and {back.Gaps} gaps "
            + $"stand for {back.Missed + back.Runs} occurrences");

        Assert.InRange(inStep.TotalSeconds, 0, 60);
        Assert.InRange(back.Missed, schedules * 100L, long.MaxValue);

        // Each has a gap and the latest of what it missed. What comes due on the way back is added, and one of every second may be late once more by then.
        Assert.InRange(back.Gaps, schedules / 2, schedules + (schedules / 100));
        Assert.InRange(back.Runs, schedules / 2, (schedules * 2L) + (long)(inStep.TotalSeconds * schedules / 100));
    }

    private static async Task<Seen> LookAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand(LookSql);
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        return new Seen(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5));
    }

    private sealed record Seen(long SchedulesBehind, long RunsBehind, long Runs, long Gaps, long Missed, long Unfinished);
}
