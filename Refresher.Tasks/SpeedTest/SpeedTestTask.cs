using System.ComponentModel;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Alerts;
using Refresher.Core.Contract;
using Refresher.Core.Execution;
using Refresher.Tasks.SpeedTest.Health;
using Refresher.Tasks.SpeedTest.History;
using Refresher.Tasks.SpeedTest.Pages;
using Refresher.Tasks.SpeedTest.Polite;
using Refresher.Tasks.SpeedTest.Public;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>Measures an internet line against a server that a person has chosen or let choose, and keeps a row of every test.</summary>
[Description("Measures download, upload and latency of the line against a speed-test server.")]
internal sealed partial class SpeedTestTask(
    ServerPool pool, LineTest line, SpeedTestRecorder recorder, PublicPace pace, DataBudget budget, DirectoryReader directories, IOptionsMonitor<SpeedTestSettings> settings)
    : IKind, ITask<SpeedTestOptions>
{
    public static string Name => "speed-test";

    // Two tests of a minute for each direction, when the second has to confirm the first.
    public static KindDefaults Defaults => new() { Timeout = TimeSpan.FromMinutes(6) };

    public static IReadOnlyList<KindPage> Pages => [new("Speed", "/speed", "gauge", "g p")];

    public static IReadOnlyList<AlertCondition> Conditions => [SpeedConditions.Condition];

    public static IReadOnlyList<ExampleSchedule> Examples => SpeedTestExamples.All;

    public static KindNotice? NoticeFor(IReadOnlyList<SpeedTestOptions> options, IServiceProvider services) => SpeedTestNotice.For(options, services);

    public static void AddServices(IHostApplicationBuilder builder) => builder.AddSpeedTests();

    public static void AddWorkers(IHostApplicationBuilder builder)
    {
        if (builder.RunsRole(WorkerRoles.Consumers))
        {
            builder.Services.AddHostedService<HealthUpkeep>();
            builder.Services.AddHostedService<SpeedGauges>();
        }
    }

    public static void MapModel(ModelBuilder model) => SpeedTestServices.Map(model);

    public static void MapActions(RouteGroupBuilder actions) => SpeedPageActions.Map(actions);

    public static void MapPublicPages(IEndpointRouteBuilder endpoints) => endpoints.MapPublicSpeed();

    public static void MapEndpoints(IEndpointRouteBuilder endpoints) => SpeedTestEndpoints.Map(endpoints);

    public async Task<RunOutcome> RunAsync(SpeedTestOptions options, RunContext run, CancellationToken cancel)
    {
        if (options.SelfTest)
        {
            await using var own = await LoopbackBackend.StartAsync(cancel);
            return (await TestAsync([own.Server], options, run, cancel)).Outcome;
        }

        var servers = await pool.ListAsync(options.Directories, cancel);
        var candidates = ServerChoice.Candidates(servers, options, settings.CurrentValue.Place);
        if (candidates.Count == 0)
        {
            return RunOutcome.Failure(NoServer(servers, options));
        }

        if (await budget.RefusalAsync(options.MaxMegabytes, cancel) is { } tooMuch)
        {
            return await RefuseAsync(tooMuch, options, run);
        }

        if (candidates.Any(server => directories.Find(server.Directory) is not null))
        {
            var now = run.Clock.GetUtcNow();
            var begin = now;
            var bySchedule = await pace.IsByScheduleAsync(run.Id, cancel);
            if (bySchedule)
            {
                var minute = await pace.MinuteAsync(cancel);
                if (PublicPace.SlotOf(now, minute) is not { } own)
                {
                    var next = PublicPace.NextSlot(now, minute);
                    LogWaits(run.Log, next.UtcDateTime);
                    return RunOutcome.Snooze(next);
                }

                begin = own;
            }

            if (await pace.ClaimAsync(begin, cancel) is { } from)
            {
                // A person who asks is told at once. A schedule's test comes after that of the other line; one that failed is tried again when it may be, and keeps its reason until then.
                return bySchedule || run.Attempt > 1 ? RunOutcome.Snooze(from) : await RefuseAsync(PublicPace.TooSoon(from), options, run);
            }
        }

        var (outcome, first, answers) = await TestAsync(candidates, options, run, cancel);
        await ConfirmAsync(first, answers, options, run, cancel);
        return outcome;
    }

    private async Task<(RunOutcome Outcome, SpeedTestResult Test, IReadOnlyList<ServerAnswer> Answers)> TestAsync(
        IReadOnlyList<SpeedServer> candidates, SpeedTestOptions options, RunContext run, CancellationToken cancel)
    {
        var begun = run.Clock.GetTimestamp();
        var test = Begin(options, run, null);
        var answers = await line.TakeAsync(candidates, options, options.SelfTest ? null : settings.CurrentValue.Place, test, run, cancel);
        Judge(test, run, begun);
        await recorder.SaveAsync(test, Others(answers).Count == 0 ? Meaning.Repeats : Meaning.None, null);
        cancel.ThrowIfCancellationRequested();
        var summary = SpeedTestSummary.Of(test);
        return (test.Failure is { } reason ? RunOutcome.Retry(reason, output: summary) : RunOutcome.Success(summary), test, answers);
    }

    /// <summary>A bad test may be the server's fault: before anybody is told, another one is asked.</summary>
    private async Task ConfirmAsync(SpeedTestResult first, IReadOnlyList<ServerAnswer> answers, SpeedTestOptions options, RunContext run, CancellationToken cancel)
    {
        var others = Others(answers);
        if (first.Healthy is not false || others.Count == 0 || !await recorder.NeedsConfirmationAsync(run.ScheduleKey, cancel))
        {
            return;
        }

        if (await budget.RefusalAsync(options.MaxMegabytes, cancel) is { } tooMuch)
        {
            LogNotConfirmed(run.Log, tooMuch);
            return;
        }

        LogConfirms(run.Log, first.Complaint ?? "");
        var begun = run.Clock.GetTimestamp();
        var second = Begin(options, run, first.Id);
        await line.TakeAsync(others, options, settings.CurrentValue.Place, second, run, cancel);
        Judge(second, run, begun);
        await recorder.SaveAsync(second, Meaning.Confirms, first);
        cancel.ThrowIfCancellationRequested();
    }

    /// <summary>The servers that answered beside the chosen one and are not on the same machine.</summary>
    private static IReadOnlyList<SpeedServer> Others(IReadOnlyList<ServerAnswer> answers) =>
        [.. answers.Skip(1).Where(answer => answer.LatencyMs is not null && answer.Server.Url.Authority != answers[0].Server.Url.Authority).Select(answer => answer.Server)];

    private static SpeedTestResult Begin(SpeedTestOptions options, RunContext run, Guid? confirms)
    {
        var at = run.Clock.GetUtcNow();
        return new SpeedTestResult
        {
            Id = Guid.CreateVersion7(at),
            RunId = run.Id,
            Attempt = run.Attempt,
            ScheduleKey = run.ScheduleKey,
            At = at,
            Source = options.SelfTest || string.IsNullOrEmpty(options.Source) ? null : options.Source,
            SelfTest = options.SelfTest,
            Thresholds = options.SelfTest ? null : SpeedTestThresholds.Of(options),
            Confirms = confirms,
        };
    }

    private static void Judge(SpeedTestResult test, RunContext run, long begun)
    {
        test.Seconds = run.Clock.GetElapsedTime(begun).TotalSeconds;
        if (test.Thresholds?.Judge(test) is { } shortfall)
        {
            (test.Healthy, test.Complaint) = (shortfall.Length == 0, shortfall.Length == 0 ? null : shortfall);
        }
    }

    /// <summary>A test that may not begin is kept too, without a server.</summary>
    private async Task<RunOutcome> RefuseAsync(string reason, SpeedTestOptions options, RunContext run)
    {
        var test = Begin(options, run, null);
        test.Failure = reason;
        await recorder.SaveAsync(test, Meaning.None, null);
        return RunOutcome.Failure(reason, SpeedTestSummary.Of(test));
    }

    private static string NoServer(IReadOnlyList<SpeedServer> servers, SpeedTestOptions options) =>
        servers.Count == 0
            ? $"No server is configured, and no directory is switched on. Choose one under Speed → Servers, or add one to {SpeedTestSettings.Section}:{nameof(SpeedTestSettings.Servers)}, for example SpeedTest__Servers__0__Url=https://speed.example.org/backend"
        : options.Server is { Length: > 0 } wanted ? $"No server has the name or address '{wanted}', or it rests because it asked for it."
        : "Every server is excluded.";

    [LoggerMessage(Level = LogLevel.Information, Message = "Public servers are used at minutes of this installation's own: the test goes on at {At:HH:mm} UTC.")]
    private static partial void LogWaits(ILogger log, DateTime at);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Not healthy: {Complaint}. Another server is asked before anybody is told.")]
    private static partial void LogConfirms(ILogger log, string complaint);

    [LoggerMessage(Level = LogLevel.Warning, Message = "No second test: {Reason}")]
    private static partial void LogNotConfirmed(ILogger log, string reason);
}
