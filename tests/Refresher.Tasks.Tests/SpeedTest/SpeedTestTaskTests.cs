using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class SpeedTestTaskTests(SpeedTestFixture tests) : IClassFixture<SpeedTestFixture>
{
    private static readonly SpeedTestOptions Short = new() { Duration = TimeSpan.FromSeconds(1.5), MaxMegabytes = 200, MaxStreams = 4 };

    [Fact]
    public async Task A_self_test_measures_both_directions_and_is_labelled()
    {
        var run = new RunHarness { Schedule = "self" };

        var (outcome, row) = await tests.RunAsync(Short with { SelfTest = true }, run);

        var output = Assert.IsType<RunOutcome.SuccessOutcome>(outcome).Output!;
        Assert.True(row.SelfTest);
        Assert.Null(row.Failure);
        Assert.Equal("self", row.ScheduleKey);
        Assert.All([row.Download!, row.Upload!], direction =>
        {
            Assert.InRange(direction.Mbps, 100, 1e6);
            Assert.InRange(direction.LowMbps, 0, direction.Mbps);

            // Half of the data, and what comes within a tick on top: at 60 Gbit/s that is as much again.
            Assert.InRange(direction.Bytes, 1, 500_000_000);
            Assert.InRange(direction.WarmUpSeconds!.Value, 0, direction.Seconds);
            Assert.True(direction.LimitedByHost);
            Assert.NotEmpty(direction.HostLimit!);
        });
        Assert.Equal("127.0.0.1", row.ClientAddress);
        Assert.InRange(row.Idle!.MedianMs, row.Idle.MinMs, row.Idle.P95Ms);
        Assert.Equal(row.Download!.Mbps, (double)output["download"]!["mbps"]!);
        Assert.True((bool)output["selfTest"]!);
        Assert.Contains(run.Progressed, progress => progress.Text?.StartsWith("Upload", StringComparison.Ordinal) == true);
    }

    [Fact]
    public async Task The_server_that_answers_first_is_chosen_and_all_that_were_asked_are_kept()
    {
        // Far longer than a busy machine takes for the shortest of four round trips. Should it be so busy that this server is not heard in time, it is still not the first.
        var detour = TimeSpan.FromMilliseconds(300);
        await using var near = await BackendAsync(detour);
        await using var far = await BackendAsync(delay: TimeSpan.Zero);

        var (_, row) = await tests.RunAsync(
            Short with { Upload = false },
            servers:
            [
                new() { Url = new Uri(near.Url, "backend"), Name = "Potsdam", CountryCode = "DE", Latitude = 52.4, Longitude = 13.07 },
                new() { Url = new Uri(far.Url, "backend"), Name = "Paris", Country = "France", CountryCode = "FR", Latitude = 48.8566, Longitude = 2.3522 },
                new() { Url = new Uri($"http://127.0.0.1:{ClosedPort()}/"), Name = "Gone" },
            ]);

        Assert.Null(row.Failure);
        Assert.Equal(["Paris", "Potsdam", "Gone"], row.Candidates.OrderBy(candidate => candidate.Rank).Select(candidate => candidate.Server.Name));
        Assert.Equal(("Paris", "France", "FR"), (row.Server!.Name, row.Server.Country, row.Server.CountryCode));
        Assert.Equal(877.5, row.Server.DistanceKm!.Value, 5.0);
        var gone = row.Candidates.Single(candidate => candidate.Server.Name == "Gone");
        Assert.Null(gone.LatencyMs);
        Assert.NotNull(gone.Failure);

        // A timer may come a little early by the clock that round trips are measured with.
        Assert.True((row.Candidates.Single(candidate => candidate.Server.Name == "Potsdam").LatencyMs ?? double.MaxValue) >= detour.TotalMilliseconds / 2);
        Assert.Equal("Paris", row.Candidates.Single(candidate => candidate.Chosen).Server.Name);
    }

    [Fact]
    public async Task A_fixed_server_is_the_only_one_that_is_contacted()
    {
        var contacted = 0;
        await using var other = await FakeHttpServer.StartAsync(http =>
        {
            Interlocked.Increment(ref contacted);
            return Task.CompletedTask;
        });
        await using var wanted = await BackendAsync(TimeSpan.Zero);

        var (_, row) = await tests.RunAsync(
            Short with { Server = "Wanted", Upload = false, MaxMegabytes = 10 },
            servers: [new() { Url = other.Url, Name = "Other" }, new() { Url = new Uri(wanted.Url, "backend"), Name = "Wanted" }]);

        Assert.Equal("Wanted", Assert.Single(row.Candidates).Server.Name);
        Assert.Equal(0, contacted);
    }

    [Fact]
    public async Task Without_a_configured_server_nothing_is_contacted_and_the_entry_to_add_is_named()
    {
        await using var services = tests.Services([]);
        await using var scope = services.CreateAsyncScope();
        var task = ActivatorUtilities.CreateInstance<SpeedTestTask>(scope.ServiceProvider);

        var failure = Assert.IsType<RunOutcome.FailureOutcome>(await task.RunAsync(new SpeedTestOptions(), new RunHarness(), default));

        Assert.Contains("SpeedTest__Servers__0__Url", failure.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Faults => new()
    {
        { "page", "page (text/html)" },
        { "nothing", "0 bytes" },
        { "few", "1000 bytes" },
        { "early end", "closed the connection" },
        { "reset", "" },
        { "error", "status 500" },
        { "stall", "Nothing was transferred for 1 s" },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_server_that_misbehaves_ends_the_test_in_time_with_a_row_that_says_so(string fault, string says)
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Request.Path == "/garbage.php" ? MisbehaveAsync(http, fault) : Task.CompletedTask);

        var (outcome, row) = await tests.RunAsync(Short, servers: [new() { Url = server.Url, Name = fault }]).WaitAsync(TimeSpan.FromSeconds(20));

        Assert.Contains(says, Assert.IsType<RunOutcome.RetryOutcome>(outcome).Reason, StringComparison.Ordinal);
        Assert.Equal(fault, row.Server!.Name);
        Assert.Contains(says, row.Failure, StringComparison.Ordinal);
        Assert.NotNull(row.Idle);
        Assert.Null(row.Download);
    }

    [Fact]
    public async Task A_refused_upload_keeps_the_download_and_the_reason()
    {
        await using var server = await FakeHttpServer.StartAsync(app =>
        {
            app.Use((http, next) =>
            {
                http.Response.StatusCode = http.Request.Method == "POST" ? 413 : 200;
                return http.Request.Method == "POST" ? Task.CompletedTask : next(http);
            });
            app.UseRouting();
            SpeedTestBackend.Map(app);
        });

        var (outcome, row) = await tests.RunAsync(Short, servers: [new() { Url = new Uri(server.Url, "backend"), Name = "Small" }]);

        Assert.Contains("status 413", Assert.IsType<RunOutcome.RetryOutcome>(outcome).Reason, StringComparison.Ordinal);
        Assert.NotNull(row.Download);
        Assert.Null(row.Upload);
    }

    [Fact]
    public async Task A_server_that_accepts_and_says_nothing_is_not_chosen()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();

        var (_, row) = await tests.RunAsync(Short, servers: [new() { Url = new Uri($"http://{silent.LocalEndpoint}/"), Name = "Silent" }]);

        Assert.Equal("Silent: No answer within 4 s.", row.Failure);
    }

    [Fact]
    public async Task A_server_of_another_kind_is_not_chosen()
    {
        using var shell = new TcpListener(IPAddress.Loopback, 0);
        shell.Start();
        var greeting = Task.Run(async () =>
        {
            using var socket = await shell.AcceptSocketAsync();
            await socket.SendAsync("SSH-2.0-OpenSSH_9.2\r\n\r\n"u8.ToArray());
        });

        var (_, row) = await tests.RunAsync(Short, servers: [new() { Url = new Uri($"http://{shell.LocalEndpoint}/"), Name = "Shell" }]);

        await greeting;
        Assert.Equal("Shell: The server does not answer in HTTP/1.1.", row.Failure);
    }

    [Fact]
    public async Task A_certificate_nobody_trusts_is_the_reason_that_is_kept()
    {
        using var certificate = SelfSigned.Certificate();
        await using var server = await FakeHttpServer.StartAsync(SpeedTestBackend.Map, certificate);

        var (_, row) = await tests.RunAsync(Short, servers: [new() { Url = new Uri(server.Url, "backend"), Name = "Self-made" }]);

        Assert.Contains("certificate", row.Failure, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_cancelled_test_is_kept_too()
    {
        using var cancel = new CancellationTokenSource();
        var run = new RunHarness();
        await using var server = await BackendAsync(TimeSpan.Zero);
        var running = tests.RunAsync(Short with { Duration = TimeSpan.FromSeconds(30), MaxMegabytes = 100_000 }, run, cancel.Token, new SpeedServer { Url = new Uri(server.Url, "backend") });
        await run.LineAsync(line => line.Text.StartsWith("Latency", StringComparison.Ordinal));

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Equal("Cancelled, or out of time.", (await tests.RowAsync(run.Id)).Failure);
    }

    private static async Task MisbehaveAsync(HttpContext http, string fault)
    {
        switch (fault)
        {
            case "page":
                http.Response.ContentType = "text/html; charset=utf-8";
                await http.Response.WriteAsync("<html>Log in to the hotel's network</html>");
                break;
            case "few":
                http.Response.ContentLength = 1000;
                await http.Response.Body.WriteAsync(new byte[1000]);
                break;
            case "early end" or "stall":
                http.Response.ContentLength = 1 << 30;
                await http.Response.Body.WriteAsync(new byte[100_000]);
                await http.Response.Body.FlushAsync();
                await Task.Delay(fault == "stall" ? Timeout.Infinite : 0, http.RequestAborted);
                break;
            case "reset":
                http.Abort();
                break;
            case "error":
                http.Response.StatusCode = 500;
                break;
        }
    }

    private static Task<FakeHttpServer> BackendAsync(TimeSpan delay) => FakeHttpServer.StartAsync(app =>
    {
        app.Use(async (http, next) =>
        {
            await Task.Delay(delay, http.RequestAborted);
            await next(http);
        });
        app.UseRouting();
        SpeedTestBackend.Map(app);
    });

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
