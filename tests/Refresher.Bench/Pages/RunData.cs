using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Bench.Pages;

/// <summary>A million runs of a thousand schedules over the last month, with their logs: written straight into the partitions.</summary>
internal sealed class RunData(EngineHost client, NpgsqlDataSource source, int runs, int schedules)
{
    private const int Days = 29;

    /// <summary>Lines of the one run that has a long log.</summary>
    private const int LongLog = 5000;

    public async Task MakeAsync(DateTimeOffset now)
    {
        await SchedulesAsync();
        var first = now.AddDays(-Days);
        for (var day = first.UtcDateTime.Date; day <= now.UtcDateTime.Date; day = day.AddDays(1))
        {
            await client.Services.GetRequiredService<RunPartitions>().EnsureAsync(DateOnly.FromDateTime(day), default);
        }

        await Sql.RunAsync(source, RunsSql, first, (now - first).TotalSeconds / runs, runs, schedules);
        await Sql.RunAsync(source, "INSERT INTO run_logs (run_id, seq, at, attempt, level, message) SELECT id, 4294967296, started_at, 1, 2, 'Hello, ' || schedule_key || '!' FROM runs WHERE started_at IS NOT NULL");
        await Sql.RunAsync(source, "INSERT INTO run_attempts (run_id, fence, attempt, ended_at, outcome, reason, started_at, worker) SELECT id, 1, 1, finished_at, 'retry', 'The other end does not answer.', started_at, worker FROM runs WHERE attempt > 1");
        await Sql.RunAsync(source, """
            INSERT INTO run_logs (run_id, seq, at, attempt, level, message)
            SELECT r.id, 4294967296 + n, r.started_at + n * interval '1 millisecond', 1, 1 + n % 4, 'Line ' || n || ' of a long log'
            FROM (SELECT id, started_at FROM runs WHERE state = 'succeeded' ORDER BY id DESC LIMIT 1) r, generate_series(1, $1) n
            """, LongLog);

        // None comes due while pages are looked at: what they show stays the same.
        await Sql.RunAsync(source, """
            UPDATE schedule_states s SET next_due_at = $1 + (abs(hashtext(s.schedule_id::text)) % 36000) * interval '1 second', last_run_id = r.id, last_state = r.state, last_finished_at = r.finished_at,
                failures = CASE WHEN r.state = 'failed' THEN 1 ELSE 0 END
            FROM (SELECT DISTINCT ON (schedule_id) schedule_id, id, state, finished_at FROM runs WHERE state IN ('succeeded', 'failed') ORDER BY schedule_id, id DESC) r WHERE r.schedule_id = s.schedule_id
            """, now.AddHours(3));
        await Sql.RunAsync(source, "ANALYZE runs, run_logs, run_attempts, schedules, schedule_states");
    }

    /// <summary>The first one is made as a person makes it, the others are its copies.</summary>
    private async Task SchedulesAsync()
    {
        var errors = new FieldErrors();
        var input = JsonInput.Read<ScheduleInput>("""
            {"name": "Greeting 0", "key": "greeting-0", "kind": "hello", "description": "Says hello to somebody.", "tags": ["greeting"], "options": {"name": "you"}, "cadence": {"type": "every", "every": "12:00:00"}}
            """, ScheduleInput.Json, errors) ?? throw new InvalidOperationException(errors.ToString());
        var made = await client.WithAsync<ScheduleCommands, Result<Schedule>>(commands => commands.CreateAsync(input, default));
        var id = made.Value?.Id ?? throw new InvalidOperationException(made.Errors?.ToString());
        await Sql.RunAsync(source, """
            INSERT INTO schedules SELECT copy.* FROM schedules s, generate_series(1, $2 - 1) n,
                LATERAL jsonb_populate_record(s, jsonb_build_object('id', gen_random_uuid(), 'key', 'greeting-' || n, 'name', 'Greeting ' || n, 'tags', ARRAY['greeting', 'team-' || n % 12])) copy
            WHERE s.id = $1
            """, id, schedules);
        await Sql.RunAsync(source, "INSERT INTO schedule_states SELECT copy.* FROM schedule_states t, schedules s, LATERAL jsonb_populate_record(t, jsonb_build_object('schedule_id', s.id)) copy WHERE t.schedule_id = $1 AND s.id <> $1", id);
    }

    /// <summary>From $1 on, one each $2 seconds, $3 in all, of $4 schedules in turn; of a hundred one fails, one is skipped, one cancelled and two need a second attempt.</summary>
    private const string RunsSql = """
        INSERT INTO runs (id, kind, schedule_id, schedule_key, trigger, state, reason, queue, priority, options, due_at, ready_at, queued_at, started_at, finished_at, worker, output, trace_parent,
                          attempt, fence, lost, blocked, cancel_requested, limited)
        SELECT (lpad(to_hex((extract(epoch FROM due) * 1000)::bigint), 12, '0') || '7' || substr(h, 1, 3) || '8' || substr(h, 4, 15))::uuid, 'hello', s.id, s.key, 'cadence', state,
               CASE state WHEN 'failed' THEN 'The other end does not answer.' WHEN 'skipped' THEN 'the one before was still running' WHEN 'cancelled' THEN 'cancelled by admin' END,
               'default', 2, s.options, due, due, CASE WHEN state <> 'skipped' THEN due END, CASE WHEN state <> 'skipped' THEN due + late END, due + late + took,
               'worker-' || n % 4, CASE WHEN state = 'succeeded' THEN '{"greeting": "Hello, you!"}'::jsonb END, '00-' || h || '-00f067aa0ba902b7-01',
               CASE WHEN n % 100 IN (11, 12) THEN 2 ELSE 1 END, 1, 0, 0, false, false
        FROM (SELECT n, $1 + n * $2 * interval '1 second' AS due, md5(n::text) AS h, (5 + n % 37) * interval '1 millisecond' AS late, (20 + n % 1800 * 7919 % 1800) * interval '1 millisecond' AS took,
                     CASE n % 100 WHEN 3 THEN 'failed' WHEN 47 THEN 'skipped' WHEN 71 THEN 'cancelled' ELSE 'succeeded' END AS state
              FROM generate_series(0, $3 - 1) n) r
        JOIN (SELECT id, key, options, row_number() OVER (ORDER BY id) - 1 AS place FROM schedules) s ON s.place = n % $4
        """;
}
