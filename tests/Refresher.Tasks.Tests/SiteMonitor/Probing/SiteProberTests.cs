using Microsoft.AspNetCore.Http;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>The outcomes that every kind of check has.</summary>
public sealed class SiteProberTests : IDisposable
{
    private readonly ProberUnderTest _prober = new();

    [Fact]
    public async Task A_site_that_answers_is_up_and_every_phase_is_timed()
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync("all is well"));

        var seen = await _prober.HttpAsync(new Uri($"http://localhost:{server.Url.Port}/"), new HttpCheck { MustMatch = "^all .* well$" });

        Assert.Equal((CheckStatus.Up, null, null), (seen.Status, seen.Fault, seen.Error));
        Assert.Equal((200, 11L, true), (seen.StatusCode, seen.Bytes, seen.Matched));
        Assert.True(seen is { DnsMs: > 0, ConnectMs: > 0, TlsMs: null, FirstByteMs: > 0, TransferMs: > 0 });
        Assert.InRange(seen.TotalMs, (seen.DnsMs + seen.ConnectMs + seen.FirstByteMs + seen.TransferMs)!.Value - 0.01, 10_000);
        Assert.Contains(seen.Address, new[] { "127.0.0.1", "::1" });
    }

    [Fact]
    public async Task A_site_that_answers_badly_is_down_and_what_it_said_is_kept()
    {
        await using var server = await FakeHttpServer.StartAsync(http =>
        {
            http.Response.StatusCode = 503;
            return http.Response.WriteAsync("no database\0\u001b[31m");
        });

        var seen = await _prober.HttpAsync(server.Url);

        Assert.Equal((CheckStatus.Down, CheckFault.Status, 503), (seen.Status, seen.Fault, seen.StatusCode));
        Assert.Equal("status 503 Service Unavailable, expected 200-299", seen.Error);
        Assert.Equal("no database␀␛[31m", seen.Body);
    }

    [Fact]
    public async Task A_site_that_nobody_serves_refuses_the_connection()
    {
        var port = FreePort.Next();

        var web = await _prober.HttpAsync(new Uri($"http://127.0.0.1:{port}/"));
        var tcp = await _prober.CheckAsync(new CheckSpec { Kind = SiteKind.Tcp, Target = $"127.0.0.1:{port}" });

        Assert.All([web, tcp], seen => Assert.Equal((CheckStatus.Down, CheckFault.Refused, $"connection refused by 127.0.0.1:{port}"), (seen.Status, seen.Fault, seen.Error)));
    }

    [Fact]
    public async Task A_site_that_is_slower_than_it_should_be_is_degraded()
    {
        await using var server = await FakeHttpServer.StartAsync(http => http.Response.WriteAsync("ok"));

        var seen = await _prober.CheckAsync(new CheckSpec { Target = server.Url.ToString(), DegradedAbove = TimeSpan.FromTicks(1) });

        Assert.Equal((CheckStatus.Degraded, CheckFault.Slow), (seen.Status, seen.Fault));
        Assert.EndsWith(" ms, more than 0 ms", seen.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_look_that_is_cancelled_finds_nothing()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var prober = (SiteProber)_prober.Services.GetService(typeof(SiteProber))!;

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prober.CheckAsync(new CheckSpec { Target = $"http://{silent.LocalEndpoint}/" }, cancel.Token));
    }

    public void Dispose() => _prober.Dispose();
}
