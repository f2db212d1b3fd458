using Npgsql;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Chaos.Tests;

/// <summary>A load, something that breaks what carries it, and the counting afterwards.</summary>
/// <param name="name">What the report is called.</param>
internal sealed class Scenario(string name, ITestOutputHelper output)
{
    /// <summary>Posts runs in parts until <paramref name="breakAsync"/> has ended and at least <paramref name="least"/> were accepted.</summary>
    /// <param name="perSecond">Runs posted a second.</param>
    public async Task RunAsync(int workers, int perSecond, int least, Func<Cluster, Task> breakAsync)
    {
        var ledger = new Ledger();
        await using var world = await FakeHttpServer.StartAsync(ledger.AnswerAsync);
        await using var cluster = await Cluster.StartAsync(ledger, workers);
        await using var source = NpgsqlDataSource.Create(cluster.Database.ConnectionString);
        var account = new Account(source);
        var load = new Load(cluster, world.Url);
        await load.MakeAsync();

        var from = DateTimeOffset.UtcNow;
        var broken = breakAsync(cluster);
        await load.PostAsync(perSecond, accepted => accepted < least || !broken.IsCompleted);
        await broken;
        var until = DateTimeOffset.UtcNow;

        try
        {
            await Eventually.SeeAsync(account.UnfinishedPostedAsync, left => left == 0, seconds: 180);
            await load.PauseSchedulesAsync();
            await Eventually.SeeAsync(account.UnfinishedAsync, left => left == 0, seconds: 60);
            Check(await CountAsync(account, load, ledger, from, until));
        }
        catch
        {
            output.WriteLine(cluster.Logs);
            throw;
        }
    }

    private static async Task<ChaosReport> CountAsync(Account account, Load load, Ledger ledger, DateTimeOffset from, DateTimeOffset until)
    {
        var executions = ledger.Executions;
        var twice = executions.Where(run => run.Value.Length > 1).ToDictionary(run => run.Key, run => run.Value);
        var workers = await account.WorkersAsync(twice.Keys);
        return new ChaosReport
        {
            From = from,
            Until = until,
            Accepted = load.Posted.Count,
            Recorded = await account.StatesAsync(load.Posted),
            PartsRefused = load.Refused,
            Unpromised = await account.UnpromisedAsync(load.Posted.Count),
            RecordedTwice = await account.RecordedTwiceAsync(),
            NeverExecuted = load.Posted.Count(run => !executions.ContainsKey(run)),
            Occurrences = await account.OccurrencesAsync(),
            OccurrencesInGaps = await account.GapsAsync(),
            OccurrencesMissed = await account.UnexplainedAsync(),
            OccurrencesDoubled = await account.DoubledAsync(),
            SchedulesMiscounted = await account.MiscountedAsync(),
            Limit = Load.Limit,
            MostAtOnce = ledger.MostAtOnce(),
            HeldByLimit = await account.HeldAsync(),
            SlotsLeft = await account.SlotsAsync(),
            ExecutedTwice = [.. twice.Select(run => Doubled.Explain(run.Value, workers[run.Key], ledger.Breaks)).OrderBy(doubled => doubled.At[0])],
            Broken = ledger.Breaks,
        };
    }

    private void Check(ChaosReport report)
    {
        output.WriteLine(report.ToMarkdown());
        output.WriteLine(report.Write(name));
        Assert.Equal(0, report.Lost);
        Assert.Equal(0, report.NotSucceeded);
        Assert.Equal(0, report.RecordedTwice);
        Assert.Equal(0, report.NeverExecuted);
        Assert.Equal(0, report.OccurrencesMissed);
        Assert.Equal(0, report.OccurrencesDoubled);
        Assert.Equal(0, report.SchedulesMiscounted);
        Assert.Equal(0, report.SlotsLeft);
        Assert.InRange(report.MostAtOnce, 1, report.Limit);
        Assert.Empty(report.Unexplained);
    }
}
