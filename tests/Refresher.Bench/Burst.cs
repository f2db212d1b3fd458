using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Limits;
using Refresher.Core.Runs;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>
/// Many schedules due within one second, half of them of a higher priority, under a limit: how long they take to drain, whether the limit and the
/// order hold, and what pages and lists take meanwhile.
/// </summary>
internal static class Burst
{
    private const int First = 1;
    private const int Second = 3;

    private static readonly TimeSpan TaskTakes = TimeSpan.FromMilliseconds(20);

    /// <param name="task"><c>hello</c>, which does nothing, or <c>http-request</c>, to a server that answers after 20 ms and counts.</param>
    public static async Task RunAsync(int runs, int limit, string task, Figures figures)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var calls = new CallCounter();
        await using var called = await FakeHttpServer.StartAsync(calls.AnswerAsync);
        var login = Onlooker.NewLogin();
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, new Dictionary<string, string>(login) { ["Logging__LogLevel__Default"] = "Warning" });
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        await using var one = ServiceProcess.Start("Worker", "worker-1", database, Wide(limit));
        await using var two = ServiceProcess.Start("Worker", "worker-2", database, Wide(limit));
        await using var onlooker = await Onlooker.StartAsync(database, login);
        var set = await client.WithAsync<LimitCommands, Result<Limit>>(limits => limits.SetAsync(LimitScope.Kind, task, new LimitInput { Concurrency = limit }, default));
        _ = set.Value ?? throw new InvalidOperationException($"The limit was refused: {set.Errors}");
        figures.Title($"burst: {runs:n0} {task} runs{(task == "hello" ? "" : $" of {TaskTakes.TotalMilliseconds} ms")} due in one second, a limit of {limit}, 2 workers, Web and Api looked at 12 times a second");

        var options = task == "hello" ? JsonSerializer.SerializeToElement(new { }) : JsonSerializer.SerializeToElement(new { url = called.Url });
        onlooker.Begin();
        await WarmUpAsync(client, source, task, options);
        var from = await FillAsync(source, runs, task, options.GetRawText());
        onlooker.Take();
        await Eventually.SeeAsync(() => NowAsync(source), now => now >= from - TimeSpan.FromSeconds(2), seconds: 120);
        var quiet = onlooker.Take();
        var slots = await DrainAsync(source, runs);
        var busy = onlooker.Take();
        await onlooker.StopAsync();
        await ReportAsync(source, from, figures);
        figures.Say("slots held at once", slots, "slots", "the most seen, ten looks a second");
        if (task != "hello")
        {
            figures.Say("runs at once as the called server saw them", calls.Most, "runs");
        }

        figures.SayShares("pages before the burst", quiet.Pages, 0.95, 1);
        figures.SayShares("pages during the burst", busy.Pages, 0.5, 0.95, 1);
        figures.SayShares("Api lists before the burst", quiet.Lists, 0.95, 1);
        figures.SayShares("Api lists during the burst", busy.Lists, 0.5, 0.95, 1);
    }

    /// <summary>Either worker has room for all that may go on.</summary>
    private static Dictionary<string, string> Wide(int limit) => new()
    {
        ["Logging__LogLevel__Default"] = "Warning",
        ["Worker__Concurrency"] = FormattableString.Invariant($"{limit}"),
    };

    /// <summary>Processes that have just started are slow for reasons of their own.</summary>
    private static async Task WarmUpAsync(EngineHost client, NpgsqlDataSource source, string task, JsonElement options)
    {
        var input = new RunInput { Kind = task, Options = options };
        await client.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([.. Enumerable.Repeat(input, 1000)], default));
        await using var unfinished = source.CreateCommand("SELECT count(*) FROM runs WHERE finished_at IS NULL");
        await Eventually.SeeAsync(async () => (long)(await unfinished.ExecuteScalarAsync())!, left => left == 0, seconds: 300);
    }

    /// <returns>When the first is due.</returns>
    private static async Task<DateTime> FillAsync(NpgsqlDataSource source, int runs, string task, string options)
    {
        // Time to write them, and some seconds to look at pages while nothing happens.
        var from = (await NowAsync(source)).AddSeconds(10 + (runs / 2000));
        await using var command = source.CreateCommand("""
            WITH made AS (
                INSERT INTO schedules (id, key, name, description, owner, tags, kind, options, cadence, queue, priority, enabled, created_at, updated_at, start_at)
                SELECT gen_random_uuid(), 'burst-' || n, 'Burst ' || n, '', '', '{}', $3, $4::jsonb, '{"type":"every","every":"1.00:00:00"}'::jsonb,
                       'default', CASE WHEN n % 2 = 0 THEN $5 ELSE $6 END, true, now(), now(), $2 + n * interval '1 second' / $1
                FROM generate_series(0, $1 - 1) AS n RETURNING id, start_at)
            INSERT INTO schedule_states (schedule_id, next_due_at, active, prepared) SELECT id, start_at, 0, 0 FROM made
            """);
        command.Parameters.AddRange(new NpgsqlParameter[]
        {
            new() { Value = runs }, new() { Value = from }, new() { Value = task }, new() { Value = options }, new() { Value = First }, new() { Value = Second },
        });
        command.CommandTimeout = 300;
        await command.ExecuteNonQueryAsync();
        await using var analyze = source.CreateCommand("ANALYZE schedules, schedule_states");
        await analyze.ExecuteNonQueryAsync();
        return from;
    }

    /// <returns>The most slots that were seen to be held.</returns>
    private static async Task<long> DrainAsync(NpgsqlDataSource source, int runs)
    {
        await using var slots = source.CreateCommand("SELECT count(*) FROM limit_slots");
        await using var finished = source.CreateCommand("SELECT count(*) FROM runs WHERE finished_at IS NOT NULL AND trigger = 'cadence'");
        var most = 0L;
        await Eventually.SeeAsync(
            async () =>
            {
                most = Math.Max(most, (long)(await slots.ExecuteScalarAsync())!);
                await Task.Delay(100);
                return (long)(await finished.ExecuteScalarAsync())!;
            },
            done => done >= runs,
            seconds: 900);
        return most;
    }

    private static async Task ReportAsync(NpgsqlDataSource source, DateTime from, Figures figures)
    {
        await using var command = source.CreateCommand("""
            WITH placed AS (
                SELECT priority, due_at, started_at, finished_at, state,
                    rank() OVER (PARTITION BY priority ORDER BY started_at) - rank() OVER (PARTITION BY priority ORDER BY due_at, id) AS off FROM runs WHERE trigger = 'cadence'),
            edges AS (SELECT started_at AS at, 1 AS step FROM placed UNION ALL SELECT finished_at, -1 FROM placed)
            SELECT count(*), count(*) FILTER (WHERE state = 'succeeded'), extract(epoch FROM max(finished_at) - $1)::float8,
                (SELECT max(n) FROM (SELECT sum(step) OVER (ORDER BY at, step) AS n FROM edges) e),
                percentile_cont(0.5) WITHIN GROUP (ORDER BY abs(off)), percentile_cont(0.99) WITHIN GROUP (ORDER BY abs(off)), max(abs(off)),
                count(*) FILTER (WHERE priority = $3 AND started_at > $2 AND started_at < (SELECT max(started_at) FROM placed WHERE priority = $4))
            FROM placed
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = from }, new() { Value = from.AddSeconds(1) }, new() { Value = Second }, new() { Value = First } });
        command.CommandTimeout = 120;
        await using var row = await command.ExecuteReaderAsync();
        await row.ReadAsync();
        figures.Say("runs recorded", row.GetInt64(0), "runs");
        figures.Say("of them succeeded", row.GetInt64(1), "runs");
        figures.Say("drained after", row.GetDouble(2), "s", "from the first one's due time to the last one's end");
        figures.Say("runs drained per second", row.GetInt64(0) / row.GetDouble(2), "runs/s");
        figures.Say("runs at once by the records", row.GetInt64(3), "runs");
        figures.Say("places off the order of due times p50", row.GetDouble(4), "places", "within a priority");
        figures.Say("places off the order of due times p99", row.GetDouble(5), "places");
        figures.Say("places off the order of due times max", row.GetInt64(6), "places");
        figures.Say("begun before one of a higher priority", row.GetInt64(7), "runs", "after all were due");
    }

    private static async Task<DateTime> NowAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT clock_timestamp()");
        return (DateTime)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>Answers after a while, and knows how many calls went on at once.</summary>
    private sealed class CallCounter
    {
        private readonly Lock _lock = new();
        private int _now;

        public int Most { get; private set; }

        public async Task AnswerAsync(HttpContext context)
        {
            Count(1);
            await Task.Delay(TaskTakes, CancellationToken.None);
            Count(-1);
            await context.Response.WriteAsync("ok");
        }

        private void Count(int step)
        {
            lock (_lock)
            {
                _now += step;
                Most = Math.Max(Most, _now);
            }
        }
    }
}
