using System.Net.Sockets;
using System.Security.Authentication;
using Microsoft.Extensions.Logging;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest.Measuring;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>One test of a line: asks the candidates, measures against the one that is chosen, and fills the row. What goes wrong is in the row.</summary>
internal sealed partial class LineTest(AddressGuard guard, ServerPool pool, DirectoryReader directories)
{
    /// <param name="place">Where the line's end is; null: what a server tells, if it does.</param>
    /// <returns>The candidates as they answered, the chosen one first; empty when it came to nothing before.</returns>
    public async Task<IReadOnlyList<ServerAnswer>> TakeAsync(
        IReadOnlyList<SpeedServer> candidates, SpeedTestOptions options, GeoPoint? place, SpeedTestResult result, RunContext run, CancellationToken cancel)
    {
        IReadOnlyList<ServerAnswer> answers = [];
        try
        {
            run.Progress(1, "Choosing a server");
            var line = options.Source is { Length: > 0 } source ? guard.From(LocalEnd.Find(source)) : guard;
            answers = ServerChoice.Preferred(await ServerChoice.AskAsync(candidates, line, run.Clock, cancel), options.Prefer);
            await pool.NoteAsync(answers, cancel);
            await DescribeAsync(answers, line, place, result, run, cancel);
            await MeasureAsync(answers[0].Server, line, options, result, run, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            result.Failure = "Cancelled, or out of time.";
        }
        catch (Exception failed) when (failed is IOException or SocketException or AuthenticationException or AddressRefusedException)
        {
            result.Failure = failed.Message;
            if (failed is SpeedServerException { Busy: { } wish } && answers.Count > 0)
            {
                var until = await pool.RestAsync(answers[0].Server, wish, CancellationToken.None);
                result.Failure = $"{failed.Message} It is left alone until {until.UtcDateTime:yyyy-MM-dd HH:mm} UTC.";
            }
        }

        return answers;
    }

    private async Task DescribeAsync(IReadOnlyList<ServerAnswer> answers, AddressGuard line, GeoPoint? place, SpeedTestResult result, RunContext run, CancellationToken cancel)
    {
        var chosen = answers[0];
        if (chosen.LatencyMs is not null)
        {
            var client = await ClientAsync(chosen.Server, line, run.Clock, cancel);
            (result.ClientAddress, result.ClientIsp, result.ClientCountry) = (client.Address, client.Isp, client.Country);
            (result.ClientLatitude, result.ClientLongitude) = (client.Place?.Latitude, client.Place?.Longitude);
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
        LogServer(run.Log, result.Server.Name, answers.Count, chosen.LatencyMs);
        if (chosen.Failure is { } failure)
        {
            throw new SpeedServerException($"{result.Server.Name}: {failure}");
        }
    }

    /// <summary>Nothing depends on what a server knows of us, so that no answer, or a strange one, is no failure.</summary>
    private async Task<ClientInfo> ClientAsync(SpeedServer server, AddressGuard line, TimeProvider clock, CancellationToken cancel)
    {
        try
        {
            // Over the line that is measured: over another one the server sees another address.
            using var http = new DirectoryHttp(line, clock);
            var directory = directories.Find(server.Directory) ?? directories.All.OfType<LibreSpeedDirectory>().First();
            return await directory.ClientAsync(server, http, cancel);
        }
        catch (DirectoryException)
        {
            return ClientInfo.Unknown;
        }
    }

    private static async Task MeasureAsync(SpeedServer server, AddressGuard connections, SpeedTestOptions options, SpeedTestResult result, RunContext run, CancellationToken cancel)
    {
        var line = new LineMeasurement(server, connections, run.Clock);
        try
        {
            run.Progress(5, "Latency");
            var idle = await line.IdleAsync(cancel);
            result.Idle = new SpeedTestLatency { MinMs = idle.Min, MedianMs = idle.Median, P95Ms = idle.P95, JitterMs = idle.Jitter };
            LogLatency(run.Log, idle.Median, idle.Min, idle.P95, idle.Jitter);

            run.Progress(8, "Loss");
            if (await line.LossAsync(cancel) is { } loss)
            {
                (result.Echoes, result.EchoesLost) = (loss.Sent, loss.Lost);
                LogLoss(run.Log, loss.Lost, loss.Sent);
            }

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

                // What the download left, and half at least: on a very fast line more than its own half has come before it is stopped.
                result.Upload = await line.UploadAsync(options, Math.Max(budget - line.Bytes, options.Download ? budget / 2 : budget), idle, Show(run, "Upload", 55, 95), cancel);
                LogRate(run.Log, "Upload", result.Upload.Mbps, result.Upload.LowMbps, result.Upload.HighMbps, result.Upload.Streams);
            }

            result.BufferbloatGrade = Bufferbloat.Grade(idle.Median, result.Download?.LoadedMs, result.Upload?.LoadedMs);
        }
        finally
        {
            // What a direction moved that failed was moved all the same.
            result.Bytes = line.Bytes;
        }
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

    [LoggerMessage(Level = LogLevel.Information, Message = "Loss: {Lost} of {Sent} echo requests were not answered")]
    private static partial void LogLoss(ILogger log, int lost, int sent);

    [LoggerMessage(Level = LogLevel.Information, Message = "{What}: {Mbps:0.0} Mbit/s ({Low:0.0} to {High:0.0}), {Streams} connections")]
    private static partial void LogRate(ILogger log, string what, double mbps, double low, double high, int streams);
}
