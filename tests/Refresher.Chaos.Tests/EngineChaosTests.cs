using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>Invariants 1, 2, 3 and 10 under everything that can be killed. The short form takes a minute or two; it is part of every test run.</summary>
public sealed class EngineChaosTests(ITestOutputHelper output)
{
    [Fact]
    public Task Nothing_is_lost_or_recorded_twice_while_everything_is_killed() =>
        new Scenario("short", output).RunAsync(workers: 3, perSecond: 125, least: 5000, BreakEverythingAsync);

    /// <summary>The long form: ten minutes, or as many as <c>CHAOS_MINUTES</c> says, of whatever chance brings.</summary>
    [Fact]
    [Trait("Suite", "chaos")]
    public Task Nothing_is_lost_or_recorded_twice_in_minutes_of_random_kills()
    {
        var minutes = double.Parse(Environment.GetEnvironmentVariable("CHAOS_MINUTES") ?? "10", CultureInfo.InvariantCulture);
        return new Scenario("long", output).RunAsync(workers: 3, perSecond: 500, least: 0, cluster => BreakAtRandomAsync(cluster, TimeSpan.FromMinutes(minutes)));
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
        cluster.JumpClock("worker-2", TimeSpan.FromDays(-1));
        await Task.Delay(TimeSpan.FromSeconds(3));
        var frozen = cluster.FreezeAsync("scheduler-1", TimeSpan.FromSeconds(20));
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cluster.RestartServerAsync("postgres");
        await Task.Delay(TimeSpan.FromSeconds(3));
        await cluster.FreezeAsync("worker-2", TimeSpan.FromSeconds(13));
        await frozen;
        cluster.JumpClock("scheduler-2", TimeSpan.FromHours(-3));
        cluster.KillAndStart("worker-3");
        await cluster.KillSchedulersBeforeSendAsync();
    }

    /// <summary>All kinds of breaks in an order of chance, then again in another one: a short run has as many of them as it can.</summary>
    private static async Task BreakAtRandomAsync(Cluster cluster, TimeSpan time)
    {
        Func<Cluster, Task>[] breaks =
        [
            c => c.FreezeAsync(Any("worker", 3), TimeSpan.FromSeconds(Random.Shared.Next(2, 15))),
            c => c.FreezeAsync(Any("worker", 3), TimeSpan.FromSeconds(Random.Shared.Next(2, 15))),
            c => c.FreezeAsync(Any("scheduler", 2), TimeSpan.FromSeconds(Random.Shared.Next(2, 20))),
            c => c.FlushRedisAsync(),
            c => c.KillServerAsync("redis"),
            c => c.RestartServerAsync("postgres"),
            c => KillAsync(c, Any("scheduler", 2)),
            c => c.KillSchedulersBeforeSendAsync(),
            c => KillAsync(c, Any("worker", 3)),
            c => KillAsync(c, Any("worker", 3)),
            c => JumpAsync(c, Random.Shared.Next(2) == 0 ? "scheduler-2" : "worker-2"),
        ];
        var began = Stopwatch.StartNew();
        while (began.Elapsed < time)
        {
            Random.Shared.Shuffle(breaks);
            foreach (var breakAsync in breaks.TakeWhile(_ => began.Elapsed < time))
            {
                await Task.Delay(TimeSpan.FromSeconds(Random.Shared.Next(3, 10)));
                await breakAsync(cluster);
            }
        }
    }

    private static string Any(string part, int count) => $"{part}-{Random.Shared.Next(1, count + 1)}";

    private static Task KillAsync(Cluster cluster, string name)
    {
        cluster.KillAndStart(name);
        return Task.CompletedTask;
    }

    /// <summary>Up to a day ahead or behind.</summary>
    private static Task JumpAsync(Cluster cluster, string name)
    {
        cluster.JumpClock(name, TimeSpan.FromMinutes(Random.Shared.Next(-1440, 1441)));
        return Task.CompletedTask;
    }
}
