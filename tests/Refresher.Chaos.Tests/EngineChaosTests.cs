using System.Text.Json;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>Invariants 1, 2, 3 and 10 under everything that can be killed. The short form takes a minute or two; it is part of every test run.</summary>
public sealed class EngineChaosTests(ITestOutputHelper output)
{
    private const int Runs = 5000;
    private const int Schedules = 20;

    [Fact]
    public async Task Nothing_is_lost_or_recorded_twice_while_everything_is_killed()
    {
        var ledger = new Ledger();
        await using var world = await FakeHttpServer.StartAsync(ledger.AnswerAsync);
        await using var cluster = await Cluster.StartAsync(ledger, workers: 3);
        await using var source = NpgsqlDataSource.Create(cluster.Database.ConnectionString);
        var account = new Account(source);
        await MakeSchedulesAsync(cluster);

        var load = PostAsync(cluster, world.Url);
        await BreakEverythingAsync(cluster);
        var posted = await load;

        await Eventually.SeeAsync(async () => await UnfinishedAsync(account, posted), left => left == 0, seconds: 120);
        await PauseAsync(cluster);
        await Eventually.SeeAsync(() => account.UnfinishedAsync(), left => left == 0, seconds: 60);
        await ReportAsync(cluster, account, ledger, posted);
    }

    private static async Task<long> UnfinishedAsync(Account account, IReadOnlyCollection<Guid> posted)
    {
        var states = await account.StatesAsync(posted);
        return posted.Count - states.Where(state => Words<RunState>.Parse(state.Key).IsFinal()).Sum(state => state.Value);
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

    private static Task<IReadOnlyList<Schedule>> MakeSchedulesAsync(Cluster cluster) => cluster.Client.WithAsync<ScheduleCommands, IReadOnlyList<Schedule>>(async commands =>
    {
        var cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "00:00:01" });
        var made = new List<Schedule>();
        for (var n = 0; n < Schedules; n++)
        {
            made.Add((await commands.CreateAsync(new ScheduleInput { Name = $"Each second {n}", Kind = "hello", Cadence = cadence }, default)).Value!);
        }

        return made;
    });

    private static Task<int> PauseAsync(Cluster cluster) => cluster.Client.WithAsync<ScheduleCommands, int>(async commands =>
    {
        var paused = 0;
        await using var source = NpgsqlDataSource.Create(cluster.Database.ConnectionString);
        await using var command = source.CreateCommand("SELECT id FROM schedules");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            paused += (await commands.SetEnabledAsync(reader.GetGuid(0), false, default)).Value is null ? 0 : 1;
        }

        return paused;
    });

    /// <summary>Posts in parts over the whole time, as long as it takes: what was not accepted was not promised.</summary>
    private static async Task<IReadOnlyCollection<Guid>> PostAsync(Cluster cluster, Uri target)
    {
        var posted = new List<Guid>();
        var input = new RunInput { Kind = "http-request", Options = JsonSerializer.SerializeToElement(new { url = target }), Retry = new() { MaxAttempts = 10, Delay = TimeSpan.FromSeconds(1) } };
        while (posted.Count < Runs)
        {
            try
            {
                var accepted = await cluster.Client.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([.. Enumerable.Repeat(input, 100)], default));
                posted.AddRange(accepted.Value ?? throw new InvalidOperationException(accepted.Errors?.ToString()));
            }
            catch (NpgsqlException)
            {
                // PostgreSQL is being restarted.
            }

            await Task.Delay(TimeSpan.FromSeconds(0.8));
        }

        return posted;
    }

    private async Task ReportAsync(Cluster cluster, Account account, Ledger ledger, IReadOnlyCollection<Guid> posted)
    {
        var states = await account.StatesAsync(posted);
        var executions = ledger.Executions;
        var twice = executions.Where(run => run.Value > 1).Select(run => run.Key).ToArray();
        var leases = await account.LeasesAsync(twice);
        foreach (var (at, what) in ledger.Kills)
        {
            output.WriteLine($"{at:HH:mm:ss.fff} {what}");
        }

        output.WriteLine($"posted {posted.Count}: {string.Join(", ", states.Select(state => $"{state.Value} {state.Key}"))}; occurrences {await account.OccurrencesAsync()}; executed twice {twice.Length}");
        foreach (var run in twice)
        {
            output.WriteLine(ledger.ExplanationOf(run));
        }

        try
        {
            Assert.Equal(posted.Count, states.Values.Sum());
            Assert.Equal(posted.Count, states.GetValueOrDefault("succeeded"));
            Assert.All(posted, run => Assert.True(executions.ContainsKey(run), $"{run} is recorded as succeeded and was never executed"));
            Assert.All(twice, run => Assert.True(leases[run] > 1, $"{run} was executed twice under one lease"));
            Assert.Equal(0, await account.DoubledAsync());
            Assert.Equal(0, await account.UnexplainedAsync());
            Assert.Equal(0, await account.MiscountedAsync());
        }
        catch
        {
            output.WriteLine(cluster.Logs);
            throw;
        }
    }
}
