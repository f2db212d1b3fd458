using System.Text.Json;
using Npgsql;
using Refresher.Core;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>A load, something that breaks what carries it, and the counting afterwards.</summary>
internal sealed class Scenario(ITestOutputHelper output)
{
    private const int Schedules = 20;

    /// <summary>Posts runs in parts until <paramref name="breakAsync"/> has ended and at least <paramref name="least"/> were accepted.</summary>
    /// <param name="perSecond">Runs posted a second.</param>
    public async Task RunAsync(int workers, int perSecond, int least, Func<Cluster, Task> breakAsync)
    {
        var ledger = new Ledger();
        await using var world = await FakeHttpServer.StartAsync(ledger.AnswerAsync);
        await using var cluster = await Cluster.StartAsync(ledger, workers);
        await using var source = NpgsqlDataSource.Create(cluster.Database.ConnectionString);
        var account = new Account(source);
        await MakeSchedulesAsync(cluster);

        var broken = breakAsync(cluster);
        var posted = await PostAsync(cluster, world.Url, perSecond, accepted => accepted < least || !broken.IsCompleted);
        await broken;

        await Eventually.SeeAsync(async () => await UnfinishedAsync(account, posted), left => left == 0, seconds: 180);
        await PauseAsync(cluster);
        await Eventually.SeeAsync(() => account.UnfinishedAsync(), left => left == 0, seconds: 60);
        await ReportAsync(cluster, account, ledger, posted);
    }

    private static async Task<long> UnfinishedAsync(Account account, IReadOnlyCollection<Guid> posted)
    {
        var states = await account.StatesAsync(posted);
        return posted.Count - states.Where(state => Words<RunState>.Parse(state.Key).IsFinal()).Sum(state => state.Value);
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
    private static async Task<IReadOnlyCollection<Guid>> PostAsync(Cluster cluster, Uri target, int perSecond, Func<int, bool> more)
    {
        var posted = new List<Guid>();
        var input = new RunInput { Kind = "http-request", Options = JsonSerializer.SerializeToElement(new { url = target }), Retry = new() { MaxAttempts = 10, Delay = TimeSpan.FromSeconds(1) } };
        while (more(posted.Count))
        {
            try
            {
                var accepted = await cluster.Client.WithAsync<RunCommands, Result<IReadOnlyList<Guid>>>(commands => commands.CreateAsync([.. Enumerable.Repeat(input, perSecond)], default));
                posted.AddRange(accepted.Value ?? throw new InvalidOperationException(accepted.Errors?.ToString()));
            }
            catch (NpgsqlException)
            {
                // PostgreSQL is being restarted.
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
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
