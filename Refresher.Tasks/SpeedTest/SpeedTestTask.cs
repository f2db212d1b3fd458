using System.ComponentModel;
using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Digests;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.SpeedTest;

/// <summary>Measures an internet line against a server that a person has configured, and keeps a row of every test.</summary>
[Description("Measures download, upload and latency of the line against a LibreSpeed-compatible server.")]
internal sealed partial class SpeedTestTask(RefresherDb db, AddressGuard guard, ServerChoice choice, IOptionsMonitor<SpeedTestSettings> settings)
    : IKind, ITask<SpeedTestOptions>
{
    private static readonly TimeSpan SaveTime = TimeSpan.FromSeconds(3);

    // The process that shows the form may be configured unlike the workers, so that this is a hint; the worker decides.
    private static readonly KindNotice ServerNotice = new(
        "No server is configured yet: nothing public is contacted before you choose one. Add one to the configuration of the workers, and of the admin for its address to be offered here.",
        [
            new("appsettings.json", """{ "SpeedTest": { "Servers": [ { "Url": "https://speed.example.org/backend", "Name": "Example" } ] } }"""),
            new("Environment", "SpeedTest__Servers__0__Url=https://speed.example.org/backend"),
        ]);

    public static string Name => "speed-test";

    public static KindDefaults Defaults => new() { Timeout = TimeSpan.FromMinutes(4) };

    public static IReadOnlyList<ExampleSchedule> Examples => SpeedTestExamples.All;

    public static KindNotice? NoticeFor(IReadOnlyList<SpeedTestOptions> options, IServiceProvider services) => options.Any(one => NeedsServer(one, services)) ? ServerNotice : null;

    // SpeedTest:Servers:0 = { Url: https://speed.example.org/backend, Name: …, Latitude: …, Longitude: … }
    public static void AddServices(IHostApplicationBuilder builder)
    {
        builder.AddAddressGuard();
        builder.Services.AddOptions<SpeedTestSettings>().BindConfiguration(SpeedTestSettings.Section);
        builder.Services.TryAddSingleton<ServerChoice>();
        builder.Services.TryAddScoped<SpeedTestQueries>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Scoped<IDigestSection, SpeedTestDigest>());
    }

    public static void MapModel(ModelBuilder model) => SpeedTestMapping.Map(model);

    public static void MapEndpoints(IEndpointRouteBuilder endpoints) => SpeedTestEndpoints.Map(endpoints);

    private static bool NeedsServer(SpeedTestOptions options, IServiceProvider services) =>
        !options.SelfTest && services.GetRequiredService<IOptionsMonitor<SpeedTestSettings>>().CurrentValue.Servers.Count == 0;

    public async Task<RunOutcome> RunAsync(SpeedTestOptions options, RunContext run, CancellationToken cancel)
    {
        var at = run.Clock.GetUtcNow();
        var begun = run.Clock.GetTimestamp();
        var result = new SpeedTestResult
        {
            Id = Guid.CreateVersion7(at),
            RunId = run.Id,
            Attempt = run.Attempt,
            ScheduleKey = run.ScheduleKey,
            At = at,
            SelfTest = options.SelfTest,
        };
        try
        {
            await MeasureAsync(options, result, run, cancel);
        }
        catch (NoSpeedServerException nothing)
        {
            return RunOutcome.Failure(nothing.Message);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            result.Failure = "Cancelled, or out of time.";
        }
        catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
        {
            result.Failure = failed.Message;
        }

        result.Seconds = run.Clock.GetElapsedTime(begun).TotalSeconds;
        await SaveAsync(result);
        cancel.ThrowIfCancellationRequested();
        return result.Failure is { } reason ? RunOutcome.Retry(reason, output: SpeedTestSummary.Of(result)) : RunOutcome.Success(SpeedTestSummary.Of(result));
    }

    private async Task MeasureAsync(SpeedTestOptions options, SpeedTestResult result, RunContext run, CancellationToken cancel)
    {
        await using var own = options.SelfTest ? await LoopbackBackend.StartAsync(cancel) : null;
        var server = await ChooseAsync(own is null ? settings.CurrentValue.Servers : [own.Server], options, result, run, cancel);
        var line = new LineMeasurement(server, guard, run.Clock);

        run.Progress(5, "Latency");
        var idle = await line.IdleAsync(cancel);
        result.Idle = new SpeedTestLatency { MinMs = idle.Min, MedianMs = idle.Median, P95Ms = idle.P95, JitterMs = idle.Jitter };
        LogLatency(run.Log, idle.Median, idle.Min, idle.P95, idle.Jitter);

        var budget = options.MaxMegabytes * 1_000_000L;
        if (options.Download)
        {
            run.Progress(10, "Download");
            result.Download = await line.DownloadAsync(options, options.Upload ? budget / 2 : budget, idle, Show(run, "Download", 10, 50), cancel);
            LogRate(run.Log, "Download", result.Download.Mbps, result.Download.LowMbps, result.Download.HighMbps, result.Download.Streams);
        }

        if (options.Upload)
        {
            run.Progress(55, "Upload");
            result.Upload = await line.UploadAsync(options, budget - (result.Download?.Bytes ?? 0), idle, Show(run, "Upload", 55, 95), cancel);
            LogRate(run.Log, "Upload", result.Upload.Mbps, result.Upload.LowMbps, result.Upload.HighMbps, result.Upload.Streams);
        }

        result.BufferbloatGrade = Bufferbloat.Grade(idle.Median, result.Download?.LoadedMs, result.Upload?.LoadedMs);
    }

    private async Task<SpeedServer> ChooseAsync(
        IReadOnlyList<SpeedServer> servers, SpeedTestOptions options, SpeedTestResult result, RunContext run, CancellationToken cancel)
    {
        var place = options.SelfTest ? null : settings.CurrentValue.Place;
        var candidates = ServerChoice.Candidates(servers, options.SelfTest ? null : options.Server, place);
        if (candidates.Count == 0)
        {
            throw new NoSpeedServerException(servers.Count == 0
                ? $"No server is configured. Add one to {SpeedTestSettings.Section}:{nameof(SpeedTestSettings.Servers)}, for example SpeedTest__Servers__0__Url=https://speed.example.org/backend"
                : $"No configured server has the name or address '{options.Server}'.");
        }

        run.Progress(1, "Choosing a server");
        var answers = await choice.AskAsync(candidates, run.Clock, cancel);
        var chosen = answers[0];
        if (chosen.LatencyMs is not null)
        {
            var client = await ClientInfo.AskAsync(chosen.Server, guard, run.Clock, cancel);
            (result.ClientAddress, result.ClientIsp) = (client.Address, client.Isp);
            place ??= client.Place;
        }

        result.Candidates.AddRange(answers.Select((answer, rank) => new SpeedTestCandidate
        {
            TestId = result.Id,
            Rank = rank,
            Server = SpeedTestServer.Of(answer.Server, place),
            LatencyMs = answer.LatencyMs,
            Failure = answer.Failure,
            Chosen = rank == 0,
        }));
        result.Server = SpeedTestServer.Of(chosen.Server, place);
        LogServer(run.Log, result.Server.Name, candidates.Count, chosen.LatencyMs);
        return chosen.Failure is { } failure ? throw new SpeedServerException($"{result.Server.Name}: {failure}") : chosen.Server;
    }

    /// <summary>A cancelled test is kept too, so the run's own cancellation does not count here.</summary>
    private async Task SaveAsync(SpeedTestResult result)
    {
        using var limit = new CancellationTokenSource(SaveTime);
        db.Add(result);
        await db.SaveChangesAsync(limit.Token);
    }

    private static Action<double, double> Show(RunContext run, string what, int from, int to)
    {
        var shown = -1;
        return (share, mbps) =>
        {
            var percent = from + (int)(share * (to - from));
            if (percent != shown)
            {
                run.Progress(shown = percent, $"{what} {mbps:0.0} Mbit/s");
            }
        };
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Server: {Server}, of {Count} asked, {LatencyMs:0.0} ms")]
    private static partial void LogServer(ILogger log, string server, int count, double? latencyMs);

    [LoggerMessage(Level = LogLevel.Information, Message = "Latency: median {Median:0.00} ms, least {Min:0.00}, 95 % below {P95:0.00}, jitter {Jitter:0.00}")]
    private static partial void LogLatency(ILogger log, double median, double min, double p95, double jitter);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What}: {Mbps:0.0} Mbit/s ({Low:0.0} to {High:0.0}), {Streams} connections")]
    private static partial void LogRate(ILogger log, string what, double mbps, double low, double high, int streams);
}
