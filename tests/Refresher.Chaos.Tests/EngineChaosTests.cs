using System.Globalization;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>Invariants 1, 2, 3 and 10 under everything that can be killed. The short form takes a minute or two; it is part of every test run.</summary>
public sealed class EngineChaosTests(ITestOutputHelper output)
{
    [Fact]
    public Task Nothing_is_lost_or_recorded_twice_while_everything_is_killed() =>
        new Scenario(output).RunAsync(workers: 3, perSecond: 125, least: 5000, BreakEverythingAsync);

    /// <summary>The long form: ten minutes, or as many as <c>CHAOS_MINUTES</c> says, of whatever chance brings.</summary>
    [Fact]
    [Trait("Suite", "chaos")]
    public Task Nothing_is_lost_or_recorded_twice_in_minutes_of_random_kills()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("CHAOS_MINUTES") ?? "10", CultureInfo.InvariantCulture);
        return new Scenario(output).RunAsync(workers: 3, perSecond: 500, least: 0, cluster => BreakAtRandomAsync(cluster, TimeSpan.FromMinutes(minutes)));
    }

    private static async Task BreakEverythingAsync(Cluster cluster)
    {
        await Task.Delay(TimeSpan.FromSeconds(3));
        cluster.KillAndStart("worker-1");
        await Task.Delay(TimeSpan.FromSeconds(3));
        cluster.KillAndStart("scheduler-1");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cluster.FlushRedisAsync();
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cluster.KillServerAsync("redis");
        await Task.Delay(TimeSpan.FromSeconds(3));
        var frozen = cluster.FreezeAsync("scheduler-1", TimeSpan.FromSeconds(20));
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cluster.RestartServerAsync("postgres");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cluster.FreezeAsync("worker-2", TimeSpan.FromSeconds(13));
        await frozen;
        cluster.KillAndStart("worker-3");
        cluster.KillAndStart("scheduler-2");
    }

    private static async Task BreakAtRandomAsync(Cluster cluster, TimeSpan time)
    {
        var began = System.Diagnostics.Stopwatch.StartNew();
        while (began.Elapsed < time)
        {
            await Task.Delay(TimeSpan.FromSeconds(Random.Shared.Next(4, 12)));
            await (Random.Shared.Next(10) switch
            {
                0 or 1 => cluster.FreezeAsync($"worker-{Random.Shared.Next(1, 4)}", TimeSpan.FromSeconds(Random.Shared.Next(2, 15))),
                2 => cluster.FreezeAsync($"scheduler-{Random.Shared.Next(1, 3)}", TimeSpan.FromSeconds(Random.Shared.Next(2, 20))),
                3 => cluster.FlushRedisAsync(),
                4 => cluster.KillServerAsync("redis"),
                5 => cluster.RestartServerAsync("postgres"),
                6 or 7 => KillAsync(cluster, $"scheduler-{Random.Shared.Next(1, 3)}"),
                _ => KillAsync(cluster, $"worker-{Random.Shared.Next(1, 4)}"),
            });
        }
    }

    private static Task KillAsync(Cluster cluster, string name)
    {
        cluster.KillAndStart(name);
        return Task.CompletedTask;
    }
}
