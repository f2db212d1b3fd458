using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>Servers that fail after they were chosen, in either direction: the test ends, its row says why, and the next test is none the worse.</summary>
public sealed class SpeedTestFaultTests(SpeedTestFixture tests) : IClassFixture<SpeedTestFixture>
{
    private static readonly SpeedTestOptions Short = new() { Duration = TimeSpan.FromSeconds(4), MaxMegabytes = 200, MaxStreams = 4 };
    private static readonly TimeSpan InTime = TimeSpan.FromSeconds(60);

    public static TheoryData<string, string> UploadFaults => new()
    {
        { "reset", "" },
        { "stall", "Nothing was transferred for 4 s" },
        { "page", "status 403" },
    };

    [Theory]
    [MemberData(nameof(UploadFaults))]
    public async Task A_server_that_fails_in_the_upload_leaves_the_download_and_a_reason(string fault, string says)
    {
        await using var server = await BackendAsync(http => FailAsync(http, fault));

        // Long enough that what a stalled server's buffers take, on a busy machine, is over long before the end.
        var (outcome, row) = await tests.RunAsync(Short with { Duration = TimeSpan.FromSeconds(8) }, servers: [At(server)]).WaitAsync(InTime);

        var reason = Assert.IsType<RunOutcome.RetryOutcome>(outcome).Reason;
        Assert.True(reason.Contains(says, StringComparison.Ordinal), $"{reason} (idle {row.Idle?.MedianMs} ms, download {row.Download?.Mbps} Mbit/s in {row.Download?.Seconds} s, {row.Bytes} bytes, after {row.Seconds} s)");
        Assert.NotNull(row.Download);
        Assert.Null(row.Upload);
        Assert.True(row.Bytes >= row.Download.Bytes + (fault == "stall" ? 1000 : 0), $"{row.Bytes} bytes, {row.Download.Bytes} of the download");
        await NextIsWellAsync();
    }

    [Fact]
    public async Task A_server_that_dies_in_the_download_ends_the_test()
    {
        var asked = new TaskCompletionSource();
        var server = await FakeHttpServer.StartAsync(async http =>
        {
            if (http.Request.Path == "/garbage.php")
            {
                http.Response.ContentLength = 1 << 30;
                await http.Response.Body.WriteAsync(new byte[100_000]);
                await http.Response.Body.FlushAsync();
                asked.TrySetResult();
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
            }
        });
        var running = tests.RunAsync(Short with { Duration = TimeSpan.FromSeconds(20) }, servers: [new SpeedServer { Url = server.Url, Name = "Mortal" }]);
        await asked.Task.WaitAsync(InTime);

        await server.DisposeAsync();

        var (outcome, row) = await running.WaitAsync(InTime);
        Assert.IsType<RunOutcome.RetryOutcome>(outcome);
        Assert.Equal("Mortal", row.Server!.Name);
        Assert.NotEmpty(row.Failure!);
        await NextIsWellAsync();
    }

    [Fact]
    public async Task A_server_that_no_longer_accepts_ends_the_test()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        // One is chosen by round trips, asked for the address, and timed: three connections. The next ones wait for ever.
        var answering = Enumerable.Range(0, 3).Select(_ => AnswerAsync(listener)).ToArray();

        var (outcome, row) = await tests.RunAsync(Short, servers: [new SpeedServer { Url = new Uri($"http://{listener.LocalEndpoint}/"), Name = "Full" }]).WaitAsync(InTime);

        Assert.IsType<RunOutcome.RetryOutcome>(outcome);
        Assert.Equal("Nothing was transferred for 2 s.", row.Failure);
        Assert.NotNull(row.Idle);
        listener.Stop();
        await Task.WhenAll(answering).WaitAsync(InTime);
        await NextIsWellAsync();
    }

    [Fact]
    public async Task A_server_that_is_slow_to_accept_is_measured_all_the_same()
    {
        await using var server = await BackendAsync(_ => null, connection: () => Task.Delay(300));

        var (_, row) = await tests.RunAsync(Short with { Duration = TimeSpan.FromSeconds(4), Upload = false }, servers: [At(server)]).WaitAsync(InTime);

        Assert.Null(row.Failure);
        Assert.True(row.Download!.Mbps > 0);
    }

    /// <summary>The worker has lost nothing by a test that failed: the same process measures again.</summary>
    private async Task NextIsWellAsync()
    {
        var (outcome, row) = await tests.RunAsync(Short with { SelfTest = true, MaxMegabytes = 20 }).WaitAsync(InTime);

        Assert.IsType<RunOutcome.SuccessOutcome>(outcome);
        Assert.Null(row.Failure);
    }

    private static async Task FailAsync(HttpContext http, string fault)
    {
        http.Features.Get<IHttpMaxRequestBodySizeFeature>()!.MaxRequestBodySize = null;
        await http.Request.Body.ReadExactlyAsync(new byte[1000]);
        switch (fault)
        {
            case "reset":
                http.Abort();
                break;
            case "stall":
                await Task.Delay(Timeout.Infinite, http.RequestAborted);
                break;
            case "page":
                http.Response.StatusCode = 403;
                http.Response.ContentType = "text/html";
                await http.Response.WriteAsync("<html>No uploads here</html>");
                break;
        }
    }

    /// <summary>A good backend whose uploads are answered otherwise.</summary>
    /// <param name="connection">What every connection waits for before its first request.</param>
    private static Task<FakeHttpServer> BackendAsync(Func<HttpContext, Task?> upload, Func<Task>? connection = null)
    {
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, Task>();
        return FakeHttpServer.StartAsync(app =>
        {
            app.Use(async (http, next) =>
            {
                await seen.GetOrAdd(http.Connection.Id, _ => connection?.Invoke() ?? Task.CompletedTask);
                await (http.Request.Method == "POST" && upload(http) is { } failing ? failing : next(http));
            });
            app.UseRouting();
            SpeedTestBackend.Map(app);
        });
    }

    private static SpeedServer At(FakeHttpServer server) => new() { Url = new Uri(server.Url, "backend"), Name = "Faulty" };

    /// <summary>Accepts one connection and answers each request on it with nothing, until the other side is done.</summary>
    private static async Task AnswerAsync(TcpListener listener)
    {
        try
        {
            using var socket = await listener.AcceptSocketAsync();
            var request = new byte[4096];
            while (await socket.ReceiveAsync(request) is > 0)
            {
                await socket.SendAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
            }
        }
        catch (SocketException)
        {
            // Not needed, or the other side is gone.
        }
    }
}
