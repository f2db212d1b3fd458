using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Refresher.Core.Runs;
using Refresher.Testing;

namespace Refresher.Core.Tests.Runs;

public sealed class RunRetentionTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;

    [Fact]
    public async Task Old_successes_go_failures_stay_longer_and_days_with_unfinished_runs_are_kept()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(database, TestKinds.Catalog, "scheduler");
        var (freshSuccess, oldSuccess) = (await AddAsync(engine, "succeeded", 1), await AddAsync(engine, "succeeded", 40));
        var (oldFailure, ancientFailure) = (await AddAsync(engine, "failed", 40), await AddAsync(engine, "failed", 120));
        var (unfinished, besideUnfinished) = (await AddAsync(engine, "running", 150), await AddAsync(engine, "failed", 150));

        // A second scheduler begins with a round of its own: it finds what has grown old.
        await using var later = await EngineHost.StartAsync(database, TestKinds.Catalog, "scheduler");
        await Eventually.SeeAsync(() => ExistsAsync(later, ancientFailure), there => !there);

        await Eventually.SeeAsync(() => ExistsAsync(later, oldSuccess), there => !there);
        Assert.True(await ExistsAsync(later, freshSuccess));
        Assert.True(await ExistsAsync(later, oldFailure));
        Assert.True(await ExistsAsync(later, unfinished));
        Assert.True(await ExistsAsync(later, besideUnfinished));
    }

    private static async Task<Guid> AddAsync(EngineHost engine, string state, int daysAgo)
    {
        var at = Now.AddDays(-daysAgo);
        var id = RunId.New(at);
        await engine.Services.GetRequiredService<RunPartitions>().EnsureAsync([id], default);
        await using var command = engine.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("""
            INSERT INTO runs (id, kind, trigger, state, queue, priority, options, due_at, ready_at, attempt, fence, lost, blocked, cancel_requested, finished_at, lease_until)
            VALUES ($1, 'echo', 'api', $2, 'nobody', 2, '{}', $3, $3, 1, 1, 0, 0, false, CASE WHEN $2 <> 'running' THEN $3 END, now() + interval '1 hour')
            """);
        command.Parameters.AddRange(new NpgsqlParameter[] { new() { Value = id }, new() { Value = state }, new() { Value = at } });
        await command.ExecuteNonQueryAsync();
        return id;
    }

    private static async Task<bool> ExistsAsync(EngineHost engine, Guid id) => await engine.WithAsync<RunQueries, Run?>(q => q.FindAsync(id, default)) is not null;
}
