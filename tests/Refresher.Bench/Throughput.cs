using System.Diagnostics;
using Npgsql;
using Refresher.Bench.Peers;
using Refresher.Core.Runs;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>How many runs a second go the whole way: written in bulk, sent, claimed, executed, their outcome in PostgreSQL (fsync on).</summary>
internal static class Throughput
{
    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        var (runs, workers) = (options.Number("runs", 20_000), options.Number("workers", 2));
        var perSecond = await OursAsync(runs, workers, figures);
        if (options.WithPeers)
        {
            await Celery.ThroughputAsync(runs, perSecond, figures);
        }
    }

    /// <returns>Runs recorded per second.</returns>
    private static async Task<double> OursAsync(int runs, int workers, Figures figures)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, Quiet);
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        var crew = Enumerable.Range(1, workers).Select(n => ServiceProcess.Start("Worker", $"worker-{n}", database, Quiet)).ToArray();
        try
        {
            await RoundAsync(client, database, 2000);
            figures.Title($"throughput: {runs:n0} hello runs, {workers} workers, PostgreSQL with {await DurabilityAsync(database)}");
            var load = new Load(database, scheduler, crew);
            var (posted, drained) = await RoundAsync(client, database, runs);
            figures.Say("runs posted per second", runs / posted.TotalSeconds, "runs/s");
            figures.Say("runs recorded per second", runs / drained.TotalSeconds, "runs/s", "from the first post to the last outcome");
            load.Say(runs, drained, figures);
            figures.Say("worker memory", crew.Max(worker => worker.Memory) / 1e6, "MB", "the larger one");
            return runs / drained.TotalSeconds;
        }
        finally
        {
            foreach (var worker in crew)
            {
                await worker.DisposeAsync();
            }
        }
    }

    private static async Task<string> DurabilityAsync(TestDatabase database)
    {
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await using var command = source.CreateCommand("SELECT format('fsync %s, synchronous_commit %s', current_setting('fsync'), current_setting('synchronous_commit'))");
        return (string)(await command.ExecuteScalarAsync())!;
    }

    private static Dictionary<string, string> Quiet => new() { ["Logging__LogLevel__Default"] = "Warning" };

    private static async Task<(TimeSpan Posted, TimeSpan Drained)> RoundAsync(EngineHost client, TestDatabase database, int count)
    {
        var input = new RunInput { Kind = "hello" };
        var began = Stopwatch.StartNew();
        var ids = new List<Guid>(count);
        foreach (var batch in Enumerable.Repeat(input, count).Chunk(RunCommands.MostAtOnce))
        {
            var posted = await client.WithAsync<RunCommands, Core.Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync(batch, default));
            ids.AddRange(posted.Value ?? throw new InvalidOperationException(posted.Errors?.ToString()));
        }

        var postedAfter = began.Elapsed;
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        await Eventually.SeeAsync(() => AnyUnfinishedAsync(source), any => !any, seconds: 300);
        var drained = began.Elapsed;
        await CheckAsync(source, ids);
        return (postedAfter, drained);
    }

    private static async Task<bool> AnyUnfinishedAsync(NpgsqlDataSource source)
    {
        await using var command = source.CreateCommand("SELECT EXISTS (SELECT FROM runs WHERE finished_at IS NULL)");
        return (bool)(await command.ExecuteScalarAsync())!;
    }

    /// <summary>A rate of runs that did not succeed, or that did so twice, would be no rate.</summary>
    private static async Task CheckAsync(NpgsqlDataSource source, List<Guid> ids)
    {
        await using var command = source.CreateCommand("SELECT count(*) FROM runs WHERE id = ANY($1) AND state = 'succeeded' AND fence = 1");
        command.Parameters.Add(new() { Value = ids.ToArray() });
        var good = (long)(await command.ExecuteScalarAsync())!;
        if (good != ids.Count)
        {
            throw new InvalidOperationException($"Only {good} of {ids.Count} runs succeeded at the first attempt.");
        }
    }

    /// <summary>Who uses how much of the processor: what bounds the rate.</summary>
    private sealed class Load
    {
        private readonly (string Who, Func<TimeSpan> Cpu, TimeSpan Before)[] _parts;

        public Load(TestDatabase database, ServiceProcess scheduler, ServiceProcess[] crew)
        {
            var parts = new List<(string Who, Func<TimeSpan> Cpu)>
            {
                ("workers", () => new TimeSpan(crew.Sum(worker => worker.Cpu.Ticks))),
                ("scheduler", () => scheduler.Cpu),
                ("client that posts and looks", () => Process.GetCurrentProcess().TotalProcessorTime),
            };
            Add("PostgreSQL", ServerCpu.Find("postgres", new NpgsqlConnectionStringBuilder(database.ConnectionString).Port));
            Add("Redis", ServerCpu.Find("redis-server", int.Parse(database.RedisConnectionString.Split(',')[0].Split(':')[^1], System.Globalization.CultureInfo.InvariantCulture)));
            _parts = [.. parts.Select(part => (part.Who, part.Cpu, part.Cpu()))];

            void Add(string who, ServerCpu? server)
            {
                if (server is not null)
                {
                    parts.Add((who, server.Now));
                }
            }
        }

        public void Say(int runs, TimeSpan elapsed, Figures figures)
        {
            var used = Array.ConvertAll(_parts, part => (part.Who, Time: part.Cpu() - part.Before));
            foreach (var (who, time) in used)
            {
                figures.Say($"processor time per run, {who}", time.TotalMicroseconds / runs, "µs");
            }

            figures.Say("cores in use", used.Sum(part => part.Time.TotalSeconds) / elapsed.TotalSeconds, $"of {Environment.ProcessorCount}", "what bounds it when they are nearly all");
        }
    }
}
