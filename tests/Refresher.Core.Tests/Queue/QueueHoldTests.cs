using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Data;
using Refresher.Core.Execution;
using Refresher.Core.Queue;
using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Queue;

public sealed class QueueHoldTests : IAsyncLifetime
{
    private static readonly (string, string) TwoQueues = ("Worker:Queues:1", "busy");

    private TestDatabase _database = null!;
    private EngineHost _engine = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");
    }

    public async Task DisposeAsync()
    {
        await _engine.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Under_load_nothing_begins_after_the_answer_to_a_pause_and_everything_runs_after_the_resume()
    {
        await using var one = await WorkerAsync("one");
        await using var two = await WorkerAsync("two");
        var ids = await PostAsync("busy", 6000);
        await Eventually.SeeAsync(() => CountAsync("busy", "succeeded"), done => done > 200);

        await PauseAsync("busy");
        var answeredAt = _engine.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        await Eventually.SeeAsync(() => CountAsync("busy", "running"), running => running == 0);
        var waiting = await CountAsync("busy", "queued");

        // Both workers live and take from the other queue meanwhile.
        await PostAsync("default", 300);
        await Eventually.SeeAsync(() => CountAsync("default", "succeeded"), done => done == 300);
        Assert.InRange(waiting, 1, 6000);
        Assert.Equal(waiting, await CountAsync("busy", "queued"));
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM runs WHERE queue = 'busy' AND started_at > $1", answeredAt));

        await ResumeAsync("busy");
        await Eventually.SeeAsync(() => CountAsync("busy", "succeeded"), done => done == ids.Count, 60);
        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM runs WHERE attempt <> 1"));
        Assert.Equal(waiting, await ScalarAsync("SELECT count(*) FROM runs WHERE queue = 'busy' AND blocked > 0.3 AND blocked <= extract(epoch FROM started_at - due_at)"));
    }

    [Fact]
    public async Task A_hold_of_everything_survives_a_restart_of_scheduler_and_worker()
    {
        await PauseAsync(QueueHold.Everything, "a new disk");
        await using (await WorkerAsync("before"))
        {
            await PostAsync("default", 5);
            await PostAsync("busy", 5);
        }

        await _engine.DisposeAsync();
        _engine = await EngineHost.StartAsync(_database, TestKinds.Catalog, "scheduler");
        await using var after = await WorkerAsync("after");
        await StanceKnownAsync(after);

        var held = await _engine.Services.GetRequiredService<QueueHolds>().ReadAsync(default);
        Assert.Equal(("program", "a new disk"), (held.Of("busy")!.HeldBy, held.Of("default")!.Reason));
        Assert.Equal(10, await ScalarAsync("SELECT count(*) FROM runs WHERE state = 'queued'"));

        await ResumeAsync(QueueHold.Everything);
        await Eventually.SeeAsync(() => ScalarAsync("SELECT count(*) FROM runs WHERE state = 'succeeded'"), done => done == 10);
    }

    [Fact]
    public async Task What_a_worker_took_and_could_not_claim_is_not_lost_when_it_stops()
    {
        await using (var worker = await WorkerAsync("taker"))
        {
            await StanceKnownAsync(worker);

            // Held behind the workers' backs: they take in vain before they know.
            await ExecuteAsync("INSERT INTO queue_holds (queue, held_at, held_by) VALUES ('busy', now(), 'a test')");
            await PostAsync("busy", 40);
            await HasTakenAsync(worker);
        }

        await using var other = await WorkerAsync("other");
        Assert.Equal(40, await CountAsync("busy", "queued"));

        // Some may be there twice: an engine that has just begun sends again what is queued, because Redis is new to it.
        var there = new HashSet<Guid>();
        await foreach (var id in other.Services.GetRequiredService<RunQueue>().ContentAsync("busy", 2))
        {
            there.Add(id);
        }

        Assert.Equal(40, there.Count);

        await ResumeAsync("busy");
        await Eventually.SeeAsync(() => CountAsync("busy", "succeeded"), done => done == 40);
    }

    [Fact]
    public async Task What_a_worker_took_in_vain_goes_first_after_the_resume()
    {
        await using var worker = await WorkerAsync("taker", ("Worker:Concurrency", "1"));
        await StanceKnownAsync(worker);
        await ExecuteAsync("INSERT INTO queue_holds (queue, held_at, held_by) VALUES ('busy', now(), 'a test')");
        var ids = await PostAsync("busy", 20);
        await HasTakenAsync(worker);

        await ResumeAsync("busy");
        await Eventually.SeeAsync(() => CountAsync("busy", "succeeded"), done => done == 20);

        Assert.Equal(0, await ScalarAsync("SELECT count(*) FROM runs WHERE id <> $1 AND started_at < (SELECT started_at FROM runs WHERE id = $1)", ids[0]));
    }

    [Fact]
    public async Task Time_under_two_holds_counts_once_as_blocked()
    {
        var id = (await PostAsync("busy", 1))[0];
        await PauseAsync("busy");
        await PauseAsync(QueueHold.Everything);
        var heldAt = (await _engine.Services.GetRequiredService<QueueHolds>().ReadAsync(default)).Own("busy")!.HeldAt;
        await ResumeAsync("busy");
        var between = await BlockedAsync(id);
        await ResumeAsync(QueueHold.Everything);
        var resumedAt = _engine.Services.GetRequiredService<TimeProvider>().GetUtcNow();

        Assert.InRange(between, 0.29, 5);
        Assert.InRange(await BlockedAsync(id), between + 0.2, (resumedAt - heldAt).TotalSeconds);
    }

    [Fact]
    public async Task A_second_pause_leaves_the_first_as_it_is_and_both_acts_of_one_hold_are_audited()
    {
        await PauseAsync("busy", "first");
        await PauseAsync("busy", "second");
        Assert.Equal("first", (await _engine.Services.GetRequiredService<QueueHolds>().ReadAsync(default)).Own("busy")!.Reason);
        await ResumeAsync("busy");
        await ResumeAsync("busy");

        Assert.Equal(2, await ScalarAsync("SELECT count(*) FROM audit_entries WHERE subject_type = 'queue' AND subject_id = 'busy' AND action IN ('queue.pause', 'queue.resume')"));
    }

    [Theory]
    [InlineData("Busy", null, "name")]
    [InlineData("", null, "name")]
    [InlineData("busy", "a\0b", "reason")]
    public async Task A_wrong_name_or_reason_is_refused(string queue, string? reason, string field)
    {
        var refused = await _engine.WithAsync<QueueCommands, Result<QueueHold>>(commands => commands.PauseAsync(queue, reason, default));

        Assert.Single(refused.Errors!.Of(field));
    }

    private Task<EngineHost> WorkerAsync(string name, params (string, string)[] settings) =>
        EngineHost.StartAsync(_database, TestKinds.Catalog, "worker", [("Node:Name", name), ("Worker:Queues:0", "default"), TwoQueues, .. settings]);

    /// <summary>The worker has had its first look at what is held.</summary>
    private static Task<bool> StanceKnownAsync(EngineHost worker) =>
        Eventually.SeeAsync(() => Task.FromResult(worker.Services.GetRequiredService<WorkerStance>().Known.IsCompleted), known => known);

    private static Task<bool> HasTakenAsync(EngineHost worker) =>
        Eventually.SeeAsync(() => worker.Services.GetRequiredService<RunQueue>().HasTakenAsync("busy", 2, worker.Services.GetRequiredService<NodeName>().Value), taken => taken);

    private async Task PauseAsync(string queue, string? reason = null) =>
        Assert.NotNull((await _engine.WithAsync<QueueCommands, Result<QueueHold>>(commands => commands.PauseAsync(queue, reason, default))).Value);

    private async Task ResumeAsync(string queue) =>
        Assert.NotNull((await _engine.WithAsync<QueueCommands, Result<HeldQueues>>(commands => commands.ResumeAsync(queue, default))).Value);

    private async Task<IReadOnlyList<Guid>> PostAsync(string queue, int count)
    {
        var made = await _engine.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([.. Enumerable.Repeat(new RunInput { Kind = "echo", Queue = queue }, count)], default));
        return made.Value ?? throw new InvalidOperationException(made.Errors?.ToString());
    }

    private Task<long> CountAsync(string queue, string state) => ScalarAsync("SELECT count(*) FROM runs WHERE queue = $1 AND state = $2", queue, state);

    private async Task<double> BlockedAsync(Guid id) => (await _engine.WithAsync<RunQueries, Run?>(queries => queries.FindAsync(id, default)))!.Blocked;

    private async Task<long> ScalarAsync(string sql, params object[] values)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        command.Parameters.AddRange(values.Select(value => new NpgsqlParameter { Value = value }).ToArray());
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
