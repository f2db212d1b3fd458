using System.Globalization;
using Npgsql;
using Refresher.Tasks;
using Refresher.Testing;
using StackExchange.Redis;

namespace Refresher.Chaos.Tests;

/// <summary>Two schedulers and some workers, the second of each on a host whose clock can be set, on servers of their own. Made to be broken.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    /// <summary>The queue whose runs are under a limit.</summary>
    public const string LimitedQueue = "limited";

    private const string FakeTimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly Dictionary<string, ServiceProcess> _processes = [];
    private readonly DirectoryInfo _clocks = Directory.CreateTempSubdirectory("refresher-clocks");
    private readonly Ledger _ledger;

    private Cluster(TestServers servers, TestDatabase database, EngineHost client, Ledger ledger) =>
        (Servers, Database, Client, _ledger) = (servers, database, client, ledger);

    public TestServers Servers { get; }

    public TestDatabase Database { get; }

    /// <summary>A process that only asks: it posts runs and looks at rows.</summary>
    public EngineHost Client { get; }

    /// <summary>True where the host's clock can be faked for one process.</summary>
    public static bool CanFakeClock => File.Exists(FakeTimeLibrary);

    public static async Task<Cluster> StartAsync(Ledger ledger, int workers)
    {
        var servers = await TestServers.StartAsync(durable: true);
        var database = await TestDatabase.CreateAsync(servers);
        var scheduler = ServiceProcess.Start("Scheduler", "scheduler-1", database);
        var cluster = new Cluster(servers, database, await EngineHost.StartAsync(database, TaskCatalog.Kinds, ""), ledger);
        cluster._processes["scheduler-1"] = scheduler;
        cluster.SetClock("scheduler-2", TimeSpan.FromHours(1));
        cluster.Start("scheduler-2");
        for (var n = 1; n <= workers; n++)
        {
            cluster.Start($"worker-{n}");
        }

        return cluster;
    }

    public void Start(string name)
    {
        var settings = new Dictionary<string, string> { ["Worker__Queues__0"] = "default", ["Worker__Queues__1"] = LimitedQueue };
        if (name.EndsWith("-2", StringComparison.Ordinal) && CanFakeClock)
        {
            // Only the clock on the wall: timers and waits go by the monotonic clock, which the library would otherwise break for .NET.
            settings["LD_PRELOAD"] = FakeTimeLibrary;
            settings["FAKETIME_TIMESTAMP_FILE"] = ClockOf(name);
            settings["FAKETIME_CACHE_DURATION"] = "1";
            settings["FAKETIME_DONT_FAKE_MONOTONIC"] = "1";
            settings["FAKETIME_FORCE_MONOTONIC_FIX"] = "0";
        }

        _processes[name] = ServiceProcess.Start(name.StartsWith("worker", StringComparison.Ordinal) ? "Worker" : "Scheduler", name, Database, settings);
    }

    /// <summary>SIGKILL, and a new process of that name.</summary>
    public void KillAndStart(string name)
    {
        _ledger.Broke(NodeOf(name), $"kill -9 {name}");
        _processes[name].Kill();
        Start(name);
    }

    /// <summary>
    /// Kills both schedulers in the moment between the release of runs, a quarter of a second before their instant, and their sending: rows that are queued
    /// and that Redis never heard of.
    /// </summary>
    public async Task KillSchedulersBeforeSendAsync()
    {
        const string releasedSql = "SELECT count(*) FROM runs WHERE finished_at IS NULL AND state = 'queued' AND queued_at > clock_timestamp() + interval '20 milliseconds'";
        await using var source = NpgsqlDataSource.Create(Database.ConnectionString);
        await using var released = source.CreateCommand(releasedSql);
        var unsent = 0L;
        try
        {
            unsent = await Eventually.SeeAsync(async () => (long)(await released.ExecuteScalarAsync())!, count => count > 0, seconds: 5);
        }
        catch (TimeoutException)
        {
            // Schedulers that stand still, or have just been started, release nothing.
        }

        foreach (var name in new[] { "scheduler-1", "scheduler-2" })
        {
            _ledger.Broke(NodeOf(name), $"kill -9 {name}, {unsent} runs released and not sent");
            _processes[name].Kill(withChildren: false);
        }

        Start("scheduler-1");
        Start("scheduler-2");
    }

    /// <summary>Stops a process in its tracks, as a virtual machine that is paused, and lets it go on later.</summary>
    public Task FreezeAsync(string name, TimeSpan time) => _ledger.BrokeWhileAsync(NodeOf(name), $"SIGSTOP {name} for {time.TotalSeconds} s", async () =>
    {
        _processes[name].Signal("STOP");
        await Task.Delay(time);
        _processes[name].Signal("CONT");
    });

    /// <summary>Sets the wall clock of a host: only a process named <c>…-2</c> has one of its own.</summary>
    /// <param name="ahead">Negative: behind.</param>
    public void JumpClock(string name, TimeSpan ahead)
    {
        _ledger.Broke(NodeOf(name), $"clock of {name} set to {ahead.TotalMinutes:+#;-#;0} min" + (CanFakeClock ? "" : " (not done: no faketime here)"));
        SetClock(name, ahead);
    }

    public Task FlushRedisAsync() => _ledger.BrokeWhileAsync("redis", "FLUSHALL", async () =>
    {
        using var redis = await ConnectionMultiplexer.ConnectAsync(Database.RedisConnectionString);
        await redis.GetDatabase().ExecuteAsync("FLUSHALL");
    });

    /// <summary>Kills the server's process and starts it again; Redis comes back empty, PostgreSQL recovers from its log.</summary>
    public Task KillServerAsync(string server) => _ledger.BrokeWhileAsync(server, $"kill -9 {server}", async () =>
    {
        await Servers.KillAsync(server);
        await Servers.StartAgainAsync(server);
    });

    /// <summary>A clean restart.</summary>
    public Task RestartServerAsync(string server) => _ledger.BrokeWhileAsync(server, $"restart {server}", async () =>
    {
        await Servers.StopAsync(server);
        await Servers.StartAgainAsync(server);
    });

    /// <summary>What the processes wrote, for a report of what went wrong.</summary>
    public string Logs => string.Join('\n', _processes.Values.Select(process => $"--- {process.Name}\n{process.Log}"));

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes.Values)
        {
            await process.DisposeAsync();
        }

        await Client.DisposeAsync();
        await Servers.DisposeAsync();
        _clocks.Delete(recursive: true);
    }

    /// <summary>What the process calls itself: its name and its id.</summary>
    private string NodeOf(string name) => $"{name}.{_processes[name].Id}";

    private string ClockOf(string name) => Path.Combine(_clocks.FullName, name);

    private void SetClock(string name, TimeSpan ahead) => File.WriteAllText(ClockOf(name), ahead.TotalSeconds.ToString("+0;-0;+0", CultureInfo.InvariantCulture));
}
