using System.Collections.Concurrent;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;
using Refresher.Core.Outbox;
using Refresher.Testing;

namespace Refresher.Core.Tests.Outbox;

/// <summary>
/// What every log of events has to keep, whatever it is made of: order, at least once, effect and mark together, dead letters, independence,
/// rebalance, replay, patience in an outage. A log derives from it and says how its processes are started.
/// </summary>
public abstract partial class EventLogConformance : IAsyncLifetime
{
    private readonly List<EngineHost> _workers = [];
    private TestDatabase _database = null!;
    private EngineHost _scheduler = null!;

    private protected TestDatabase Database => _database;

    /// <summary>Configuration that makes a process use this log.</summary>
    protected abstract (string Key, string Value)[] Settings { get; }

    /// <summary>Servers that the test may stop; null: those that all share.</summary>
    protected virtual Task<TestServers?> ServersAsync() => Task.FromResult<TestServers?>(null);

    public virtual async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync(await ServersAsync());
        _scheduler = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler", Settings);
        await ExecuteAsync("""
            CREATE TABLE seen (consumer text, number int, key text, at timestamptz DEFAULT clock_timestamp(), seq bigserial, PRIMARY KEY (consumer, number));
            CREATE TABLE doubled (consumer text, number int);
            """);
    }

    public virtual async Task DisposeAsync()
    {
        foreach (var worker in _workers)
        {
            await worker.DisposeAsync();
        }

        await _scheduler.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Events_of_a_key_arrive_in_the_order_of_their_commits_under_concurrent_writers()
    {
        await WorkerAsync(new Recorder("recorder"));
        await _scheduler.WithAsync<NpgsqlDataSource, int>(async database =>
        {
            await using var make = database.CreateCommand("CREATE TABLE counters (key text PRIMARY KEY, n int); INSERT INTO counters SELECT 'k' || i, 0 FROM generate_series(0, 4) i");
            return await make.ExecuteNonQueryAsync();
        });
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async writer =>
        {
            await using var connection = await Postgres.OpenConnectionAsync();
            for (var i = 0; i < 50; i++)
            {
                // The state row is locked before its event is written: its count is the order of commits.
                await using var transaction = await connection.BeginTransactionAsync();
                var key = $"k{(i + writer) % 5}";
                await using var count = new NpgsqlCommand("UPDATE counters SET n = n + 1 WHERE key = $1 RETURNING n", connection) { Parameters = { new() { Value = key } } };
                var n = (int)(await count.ExecuteScalarAsync())!;
                await Outbox.AppendAsync(connection, [Numbered((int.Parse(key[1..], null) * 1000) + n, key)], default);
                await transaction.CommitAsync();
                await Outbox.TellAsync();
            }
        }));

        await SeenAsync("recorder", 300);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM (SELECT number < lag(number) OVER (PARTITION BY key ORDER BY seq) AS back FROM seen) s WHERE back"));
    }

    [Fact]
    public async Task A_failing_effect_leaves_nothing_and_comes_again()
    {
        var failures = 0;
        await WorkerAsync(new Recorder("recorder") { After = _ => Interlocked.Increment(ref failures) <= 2 ? throw new InvalidOperationException("crashed after its effect") : Task.CompletedTask });
        await AppendAsync(0, 40);

        await SeenAsync("recorder", 40);
        Assert.True(failures > 2);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM doubled") + await ScalarAsync("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task Poison_is_set_aside_with_its_reason_and_is_handled_when_it_is_replayed()
    {
        var cured = false;
        var recorder = new Recorder("recorder");
        recorder.Before = (one, number) => number is 13 && !cured ? throw new PoisonEventException(one.Id, "thirteen is not lucky")
            : number is 17 && !cured ? throw new InvalidOperationException("seventeen neither") : Task.CompletedTask;
        await WorkerAsync(recorder);
        await AppendAsync(0, 30);

        await SeenAsync("recorder", 28, 180);
        await Eventually.SeeAsync(() => ScalarAsync("SELECT count(*) FROM dead_letters"), count => count == 2);
        Assert.Equal(1, await ScalarAsync("SELECT count(*) FROM dead_letters WHERE reason = 'thirteen is not lucky' AND consumer = 'recorder' AND length(payload) > 0"));
        Assert.Equal(1, await ScalarAsync("SELECT count(*) FROM dead_letters WHERE reason LIKE '%seventeen neither%' AND attempts >= 5"));

        cured = true;
        await ExecuteAsync("UPDATE dead_letters SET replay_at = now()");
        await SeenAsync("recorder", 30);
        await Eventually.SeeAsync(() => ScalarAsync("SELECT count(*) FROM dead_letters"), count => count == 0);
    }

    [Fact]
    public async Task Nothing_but_poison_is_set_aside_quickly_and_what_follows_is_handled()
    {
        await WorkerAsync(new Recorder("recorder") { Before = (one, number) => number < 200 ? throw new PoisonEventException(one.Id, "no use") : Task.CompletedTask });
        await AppendAsync(0, 210);

        await SeenAsync("recorder", 10, 180);
        Assert.Equal(200, await Eventually.SeeAsync(() => ScalarAsync("SELECT count(*) FROM dead_letters WHERE reason = 'no use'"), count => count == 200));
    }

    [Fact]
    public async Task A_consumer_that_fails_does_not_hold_the_others()
    {
        await WorkerAsync(new Recorder("broken") { After = _ => throw new InvalidOperationException("always") }, new Recorder("well"));
        await AppendAsync(0, 200);

        await SeenAsync("well", 200);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM seen WHERE consumer = 'broken'"));
    }

    [Fact]
    public async Task Two_processes_share_the_work_and_when_one_goes_nothing_is_lost_or_done_twice()
    {
        var handled = new ConcurrentDictionary<string, int>();
        Recorder Of(string process) => new("recorder")
        {
            BatchSize = 20,
            After = async _ =>
            {
                handled.AddOrUpdate(process, 1, (_, count) => count + 1);
                await Task.Delay(2);
            },
        };
        var one = await WorkerAsync(Of("one"));
        await WorkerAsync(Of("two"));
        var written = 0;
        var writing = Task.Run(async () =>
        {
            // Until the second has its part, which takes a moment where a group has to agree on it.
            for (var i = 0; i < 60 || (handled.Count < 2 && i < 3000); i++)
            {
                await AppendAsync(i * 50, 50);
                written += 50;
            }
        });
        await Eventually.SeeAsync(() => Task.FromResult(handled.Count), count => count == 2, 180);
        await StopAsync(one);
        await writing;
        await WorkerAsync(Of("three"));

        await SeenAsync("recorder", written, 180);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM doubled"));
    }

    [Fact]
    public async Task A_process_whose_connections_are_cut_in_the_midst_loses_and_doubles_nothing()
    {
        var began = new TaskCompletionSource();
        var cut = new TaskCompletionSource();
        await WorkerAsync(new Recorder("recorder")
        {
            After = async _ =>
            {
                began.TrySetResult();
                await cut.Task;
            },
        });
        await AppendAsync(0, 100);
        await began.Task.WaitAsync(TimeSpan.FromSeconds(60));
        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
        Postgres.Clear();
        cut.SetResult();

        await SeenAsync("recorder", 100, 180);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM doubled") + await ScalarAsync("SELECT count(*) FROM dead_letters"));
    }

    [Fact]
    public async Task A_consumer_set_back_to_the_beginning_makes_the_same_rows()
    {
        await WorkerAsync(new Recorder("recorder"));
        await AppendAsync(0, 500);
        await SeenAsync("recorder", 500);
        await ExecuteAsync("DELETE FROM seen WHERE number % 2 = 0");

        await ReplayAsync("recorder", null);
        await SeenAsync("recorder", 500, 180);

        // What was still there came again, and was known.
        await Eventually.SeeAsync(() => ScalarAsync("SELECT count(*) FROM doubled"), count => count >= 250);
        Assert.Equal(500, await ScalarAsync("SELECT count(*) FROM seen"));
    }

    [Fact]
    public async Task Only_the_topics_of_a_consumer_reach_it()
    {
        await WorkerAsync(new Recorder("recorder") { Topics = [Core.Outbox.Topics.SiteStatus], BatchSize = 10 });
        await AppendAsync(0, 300);
        await AppendAsync(300, 5, Core.Outbox.Topics.SiteStatus);

        await SeenAsync("recorder", 5);
        Assert.Equal(5, await ScalarAsync("SELECT count(*) FROM seen WHERE number >= 300"));
    }

    private protected OutboxWriter Outbox => _scheduler.Services.GetRequiredService<OutboxWriter>();

    private protected NpgsqlDataSource Postgres => _scheduler.Services.GetRequiredService<NpgsqlDataSource>();

    /// <summary>A worker with these consumers.</summary>
    private protected async Task<EngineHost> WorkerAsync(params IEventConsumer[] consumers)
    {
        var worker = await EngineHost.StartWithAsync(_database, TestKinds.Catalog, "worker", builder =>
        {
            builder.Services.RemoveAll<IEventConsumer>();
            foreach (var consumer in consumers)
            {
                builder.Services.AddSingleton(consumer);
            }
        }, [.. Settings, ("Worker:Roles", "consumers,relay")]);
        _workers.Add(worker);
        return worker;
    }

    private protected async Task StopAsync(EngineHost worker)
    {
        _workers.Remove(worker);
        await worker.DisposeAsync();
    }

    private protected Task<Result<EventReaderView>> ReplayAsync(string consumer, DateTimeOffset? from) =>
        _scheduler.WithAsync<EventCommands, Result<EventReaderView>>(commands => commands.ReplayAsync(consumer, from, default));

    private protected static NewEvent Numbered(int number, string key, string? topic = null) =>
        new(topic ?? Core.Outbox.Topics.SiteChecks, "number.said", key, BitConverter.GetBytes(number));

    private protected async Task AppendAsync(int from, int count, string? topic = null)
    {
        await using var connection = await Postgres.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Outbox.AppendAsync(connection, [.. Enumerable.Range(from, count).Select(number => Numbered(number, $"key {number % 37}", topic))], default);
        await transaction.CommitAsync();
        await Outbox.TellAsync();
    }

    private protected Task<long> SeenAsync(string consumer, int count, double seconds = 60) =>
        Eventually.SeeAsync(() => ScalarAsync($"SELECT count(*) FROM seen WHERE consumer = '{consumer}'"), seen => seen == count, seconds);

    private protected async Task<long> ScalarAsync(string sql)
    {
        await using var command = Postgres.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private protected async Task ExecuteAsync(string sql)
    {
        await using var command = Postgres.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
