using Npgsql;
using Refresher.Bench.Peers;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>How punctual occurrences are: many schedules, a part of them due in the same second, edited all the while.</summary>
internal static class Lateness
{
    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        var (schedules, perSecond, seconds) = (options.Number("schedules", 100_000), options.Number("due", 1000), options.Number("seconds", 60));
        if (options.Has("burst"))
        {
            await Burst.RunAsync(options.Number("burst", 20_000), options.Number("limit", 200), options.Text("task", "http-request"), figures);
            return;
        }

        await OursAsync(schedules, perSecond, seconds, options.Number("edits", 200), figures);
        if (options.WithPeers)
        {
            // The same share of them is due in a second.
            var theirs = options.Number("peer-schedules", 10_000);
            await Celery.LatenessAsync(theirs, (int)Math.Max(1, (long)perSecond * theirs / schedules), seconds, figures);
        }
    }

    private static async Task OursAsync(int schedules, int perSecond, int seconds, int edits, Figures figures)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");
        await client.StopAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await FillAsync(source, schedules, perSecond);
        figures.Title($"lateness: {schedules:n0} schedules, {perSecond:n0} due each second, {edits} edits a second, {seconds} s");

        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, Quiet);
        await using var one = ServiceProcess.Start("Worker", "worker-1", database, Quiet);
        await using var two = ServiceProcess.Start("Worker", "worker-2", database, Quiet);
        await using var editor = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        await Task.Delay(TimeSpan.FromSeconds(10));
        var from = await NowAsync(source);
        var load = new Edits(editor, source);
        await load.MakeAsync(edits, TimeSpan.FromSeconds(seconds));
        var to = await NowAsync(source);
        await Task.Delay(TimeSpan.FromSeconds(5));
        await ReportAsync(source, from, to, perSecond, figures);
        figures.Say("edits made per second", load.PerSecond, "1/s");
        figures.SayShares("edit to its run", await load.SeenAfterAsync(), 0.5, 0.99, 1);
    }

    private static Dictionary<string, string> Quiet => new() { ["Logging__LogLevel__Default"] = "Warning" };

    /// <summary>The first <paramref name="perSecond"/> × 60 run each minute, spread over its seconds; the others are due in a year.</summary>
    private static async Task FillAsync(NpgsqlDataSource source, int schedules, int perSecond)
    {
        await using var command = source.CreateCommand("""
            WITH made AS (
                INSERT INTO schedules (id, key, name, description, owner, tags, kind, options, cadence, queue, priority, enabled, created_at, updated_at, start_at)
                SELECT gen_random_uuid(), 'bench-' || n, 'Bench ' || n, '', '', '{}', 'hello', '{}',
                       CASE WHEN n < $2 * 60 THEN '{"type":"every","every":"00:01:00"}'::jsonb ELSE '{"type":"cron","cron":"0 0 1 1 *","timeZone":"UTC"}'::jsonb END,
                       'default', 2, true, now(), now(), date_trunc('minute', now()) - interval '1 minute' + (n % 60) * interval '1 second'
                FROM generate_series(0, $1 - 1) AS n RETURNING id, key, start_at)
            INSERT INTO schedule_states (schedule_id, next_due_at, active, prepared)
            SELECT id, CASE WHEN substr(key, 7)::int < $2 * 60 THEN start_at + interval '1 minute' * ceil(extract(epoch FROM now() + interval '5 seconds' - start_at) / 60) ELSE now() + interval '300 days' END, 0, 0 FROM made
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = schedules }, new() { Value = perSecond } });
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
        await using var analyze = source.CreateCommand("ANALYZE schedules, schedule_states");
        await analyze.ExecuteNonQueryAsync();
    }

    private static async Task ReportAsync(NpgsqlDataSource source, DateTime from, DateTime to, int perSecond, Figures figures)
    {
        await using var command = source.CreateCommand("""
            SELECT count(*), count(*) FILTER (WHERE state = 'succeeded'), count(DISTINCT (schedule_id, due_at)),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY late), percentile_cont(0.99) WITHIN GROUP (ORDER BY late), max(late),
                   percentile_cont(0.5) WITHIN GROUP (ORDER BY queued), percentile_cont(0.99) WITHIN GROUP (ORDER BY queued)
            FROM (SELECT state, schedule_id, due_at, 1000 * extract(epoch FROM queued_at - due_at)::float8 AS queued, 1000 * (extract(epoch FROM started_at - due_at) - blocked)::float8 AS late FROM runs WHERE due_at > $1 AND due_at <= $2) r
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = from }, new() { Value = to } });
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        var expected = (to - from).TotalSeconds * perSecond;
        figures.Say("occurrences expected", expected, "runs", "give or take one second's at the edges");
        figures.Say("occurrences recorded", row.GetInt64(0), "runs");
        figures.Say("of them succeeded", row.GetInt64(1), "runs");
        figures.Say("doubled", row.GetInt64(0) - row.GetInt64(2), "runs");
        figures.Say("released after p50", row.GetDouble(6), "ms");
        figures.Say("released after p99", row.GetDouble(7), "ms");
        figures.Say("lateness p50", row.GetDouble(3), "ms");
        figures.Say("lateness p99", row.GetDouble(4), "ms");
        figures.Say("lateness max", row.GetDouble(5), "ms");
    }

    private static async Task<DateTime> NowAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }
}
