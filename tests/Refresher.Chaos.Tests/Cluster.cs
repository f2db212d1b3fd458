using Refresher.Tasks;
using Refresher.Testing;
using StackExchange.Redis;

namespace Refresher.Chaos.Tests;

/// <summary>Two schedulers, one of them on a host whose clock is an hour ahead, and some workers, on servers of their own. Made to be broken.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    // Only the clock on the wall: timers and waits go by the monotonic clock, which the library would otherwise break for .NET.
    private static readonly Dictionary<string, string> HourAhead = new()
    {
        ["LD_PRELOAD"] = FakeTimeLibrary,
        ["FAKETIME"] = "+1h",
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
        ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
    };

    private const string FakeTimeLibrary = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

    private readonly Dictionary<string, ServiceProcess> _processes = [];
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
        var servers = await TestServers.StartAsync();
        var database = await TestDatabase.CreateAsync(servers);
        var scheduler = ServiceProcess.Start("Scheduler", "scheduler-1", database);
        var cluster = new Cluster(servers, database, await EngineHost.StartAsync(database, TaskCatalog.Kinds, ""), ledger);
        cluster._processes["scheduler-1"] = scheduler;
        cluster.Start("scheduler-2");
        for (var n = 1; n <= workers; n++)
        {
            cluster.Start($"worker-{n}");
        }

        return cluster;
    }

    public void Start(string name)
    {
        var service = name.StartsWith("worker", StringComparison.Ordinal) ? "Worker" : "Scheduler";
        _processes[name] = ServiceProcess.Start(service, name, Database, name == "scheduler-2" && CanFakeClock ? HourAhead : null);
    }

    /// <summary>SIGKILL, and a new process of that name.</summary>
    public void KillAndStart(string name)
    {
        _ledger.Broke($"kill -9 {name}");
        _processes[name].Kill();
        Start(name);
    }

    /// <summary>Stops a process in its tracks, as a virtual machine that is paused, and lets it go on later.</summary>
    public async Task FreezeAsync(string name, TimeSpan time)
    {
        _ledger.Broke($"SIGSTOP {name}");
        _processes[name].Signal("STOP");
        await Task.Delay(time);
        _ledger.Broke($"SIGCONT {name} after {time.TotalSeconds} s");
        _processes[name].Signal("CONT");
    }

    public async Task FlushRedisAsync()
    {
        _ledger.Broke("FLUSHALL");
        using var redis = await ConnectionMultiplexer.ConnectAsync(Database.RedisConnectionString);
        await redis.GetDatabase().ExecuteAsync("FLUSHALL");
    }

    /// <summary>Kills the server's process and starts it again; Redis comes back empty, PostgreSQL recovers from its log.</summary>
    public async Task KillServerAsync(string server)
    {
        _ledger.Broke($"kill -9 {server}");
        await Servers.KillAsync(server);
        await Servers.StartAgainAsync(server);
    }

    /// <summary>A clean restart.</summary>
    public async Task RestartServerAsync(string server)
    {
        _ledger.Broke($"restart {server}");
        await Servers.StopAsync(server);
        await Servers.StartAgainAsync(server);
    }

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
    }
}
