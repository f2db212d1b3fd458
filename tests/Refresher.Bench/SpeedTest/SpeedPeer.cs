using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Bench.SpeedTest;

/// <summary>What a measurement of ours found, as the process in the client's namespace tells it.</summary>
/// <param name="DownloadAt">Timestamps at which the directions began; all processes of a machine count alike.</param>
/// <param name="Loss">The share of echo requests that were not answered; null when it was not asked for, or cannot be known.</param>
internal sealed record OwnFigures(double IdleMs, double? Loss, long DownloadAt, SpeedTestDirection? Download, long UploadAt, SpeedTestDirection? Upload);

/// <summary>The two ends of a measurement of ours, each a process of its own in its namespace.</summary>
internal static class SpeedPeer
{
    public const string ServerVerb = "speed-server";
    public const string ClientVerb = "speed-client";

    public const int Port = 8080;

    /// <summary>Serves our backend until it is killed.</summary>
    public static async Task ServeAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxResponseBufferSize = 1024 * 1024;
            kestrel.Limits.MaxRequestBufferSize = 1024 * 1024;
            kestrel.Listen(IPAddress.Any, Port);
        });
        await using var app = builder.Build();

        // The backend answers its own machine; the other end of this line is no other machine.
        app.Use((http, next) =>
        {
            http.Connection.RemoteIpAddress = IPAddress.Loopback;
            return next(http);
        });
        app.UseRouting();
        SpeedTestBackend.Map(app);
        SpeedtestMini.Map(app);
        await app.RunAsync();
    }

    /// <summary>Measures as the task does and prints a line of JSON for each repetition.</summary>
    public static async Task MeasureAsync(BenchOptions options, TextWriter output)
    {
        var server = new SpeedServer { Url = new Uri($"http://{Line.Server}:{Port}/backend"), UploadBytes = 1L << 30 };
        var line = new LineMeasurement(server, new AddressGuard(Options.Create(new AddressGuardOptions())), TimeProvider.System);
        var test = new SpeedTestOptions { Duration = TimeSpan.FromSeconds(options.Number("seconds", 10)), MaxMegabytes = 100_000 };
        for (var left = options.Number("repeat", 1); left > 0; left--)
        {
            var idle = await AwaitIdleAsync(line);
            var loss = options.Has("download-only") ? null : await line.LossAsync(default);
            var downloadAt = Stopwatch.GetTimestamp();
            var download = await line.DownloadAsync(test, long.MaxValue, idle, (_, _) => { }, default);
            var uploadAt = Stopwatch.GetTimestamp();
            var upload = options.Has("download-only") ? null : await line.UploadAsync(test, long.MaxValue, idle, (_, _) => { }, default);
            await output.WriteLineAsync(JsonSerializer.Serialize(new OwnFigures(idle.Median, loss is { } echoes ? (double)echoes.Lost / echoes.Sent : null, downloadAt, download, uploadAt, upload)));
            await output.FlushAsync();
        }
    }

    /// <summary>The server may still be starting.</summary>
    private static async Task<LatencySummary> AwaitIdleAsync(LineMeasurement line)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await line.IdleAsync(default);
            }
            catch (Exception failed) when (tries < 100 && failed is SocketException or SpeedServerException)
            {
                await Task.Delay(200);
            }
        }
    }

    /// <summary>Starts a server in its namespace; whoever calls kills it.</summary>
    public static Process StartServer() => Command.Background("ip", Command.In(Line.ServerSpace, Command.Self(ServerVerb)));

    /// <summary>Measures from the client's namespace.</summary>
    public static IEnumerable<OwnFigures> Measure(int seconds, int repeat, bool downloadOnly)
    {
        string[] words =
        [
            ClientVerb, "--seconds", seconds.ToString(CultureInfo.InvariantCulture), "--repeat", repeat.ToString(CultureInfo.InvariantCulture),
            .. downloadOnly ? (string[])["--download-only"] : [],
        ];
        using var client = Command.Start("ip", Command.In(Line.ClientSpace, Command.Self(words)));
        var errors = client.StandardError.ReadToEndAsync();
        while (client.StandardOutput.ReadLine() is { } text)
        {
            yield return JsonSerializer.Deserialize<OwnFigures>(text)!;
        }

        client.WaitForExit();
        if (client.ExitCode != 0)
        {
            throw new InvalidOperationException($"The client failed: {errors.Result}");
        }
    }
}
