using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>A test of one line of several goes out by that line, all of it.</summary>
public sealed class SpeedLineTests(SpeedTestFixture tests) : IClassFixture<SpeedTestFixture>
{
    private static readonly SpeedTestOptions Short = new() { Duration = TimeSpan.FromSeconds(1), MaxMegabytes = 8, MaxStreams = 2 };

    [Theory]
    [InlineData("127.0.0.2", "127.0.0.2")]
    [InlineData("lo", "127.0.0.1")]
    public async Task Every_connection_begins_at_the_address_or_interface(string source, string seen)
    {
        var callers = new ConcurrentDictionary<string, int>();
        await using var server = await FakeHttpServer.StartAsync(app =>
        {
            app.Use((HttpContext http, RequestDelegate next) =>
            {
                callers.AddOrUpdate($"{http.Request.Path} {Plain(http.Connection.RemoteIpAddress!)}", 1, (_, count) => count + 1);
                return next(http);
            });
            SpeedTestBackend.Map(app);
        });

        var (outcome, row) = await tests.RunAsync(Short with { Source = source }, servers: [At(server)]);

        Assert.IsType<RunOutcome.SuccessOutcome>(outcome);
        Assert.Equal((source, seen), (row.Source, row.ClientAddress));
        Assert.True(row.Download!.Mbps > 0 && row.Upload!.Mbps > 0);
        Assert.All((string[])["/backend/garbage.php", "/backend/empty.php", "/backend/getIP.php"], path => Assert.Contains($"{path} {seen}", callers.Keys));
        Assert.All(callers.Keys, caller => Assert.EndsWith(" " + seen, caller, StringComparison.Ordinal));
    }

    [Fact]
    public async Task One_that_is_not_there_is_said_with_those_that_are()
    {
        await using var server = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);

        var (outcome, row) = await tests.RunAsync(Short with { Source = "eth-none" }, servers: [At(server)]);

        Assert.IsType<RunOutcome.RetryOutcome>(outcome);
        Assert.Contains("has no network interface or address 'eth-none'; it has ", row.Failure, StringComparison.Ordinal);
        Assert.Contains("lo (127.0.0.1", row.Failure, StringComparison.Ordinal);
        Assert.Equal("eth-none", row.Source);
        Assert.Null(row.Idle);
    }

    [Fact]
    public async Task One_that_cannot_reach_the_server_says_so()
    {
        await using var server = await FakeHttpServer.StartAsync(SpeedTestBackend.Map);

        var (_, row) = await tests.RunAsync(Short with { Source = "::1" }, servers: [At(server)]);

        Assert.Contains("127.0.0.1 has no address that can be reached from ::1", row.Failure, StringComparison.Ordinal);
    }

    private static SpeedServer At(FakeHttpServer server) => new() { Url = new Uri(server.Url, "backend/"), Name = "Here" };

    private static string Plain(IPAddress address) => (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
}
