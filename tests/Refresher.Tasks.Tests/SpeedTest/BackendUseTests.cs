using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Backend;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>The server side that strangers may use.</summary>
public sealed class BackendUseTests
{
    private static readonly IPAddress Stranger = IPAddress.Parse("192.0.2.1");

    [Fact]
    public void Each_address_has_its_day_its_minute_and_its_connections()
    {
        var clock = new Watch();
        var use = Use(new SpeedServerOptions { Public = true, AddressDailyMegabytes = 2, AddressRequestsPerMinute = 3, AddressConnections = 2 }, clock);

        using var first = use.Begin(Stranger, out _);
        var second = use.Begin(Stranger, out _);
        Assert.Null(use.Begin(Stranger, out var tooMany));
        Assert.Contains("at once", tooMany!.Reason, StringComparison.Ordinal);
        second!.Dispose();

        using (use.Begin(Stranger, out _))
        {
        }

        Assert.Null(use.Begin(Stranger, out var tooOften));
        Assert.InRange(tooOften!.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));
        Assert.NotNull(use.Begin(IPAddress.Parse("192.0.2.2"), out _));
        clock.Advance(TimeSpan.FromMinutes(2));

        Assert.True(first!.Count(1_500_000));
        Assert.False(first.Count(1_500_000));
        Assert.Null(use.Begin(Stranger, out var tooMuch));
        Assert.InRange(tooMuch!.RetryAfter, TimeSpan.FromSeconds(1), TimeSpan.FromDays(1));
        clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(use.Begin(Stranger, out _));
    }

    [Fact]
    public void All_addresses_together_have_a_day_and_a_network_of_64_bits_is_one_address()
    {
        var use = Use(new SpeedServerOptions { Public = true, DailyMegabytes = 3, AddressDailyMegabytes = 2 }, new Watch());

        Assert.False(use.Begin(IPAddress.Parse("2001:db8::1"), out _)!.Count(2_500_000));

        Assert.Null(use.Begin(IPAddress.Parse("2001:db8::ffff"), out var own));
        Assert.Contains("Your address", own!.Reason, StringComparison.Ordinal);
        Assert.False(use.Begin(IPAddress.Parse("2001:db8:0:1::1"), out _)!.Count(1_000_000));
        Assert.Null(use.Begin(Stranger, out var all));
        Assert.Contains("in a day", all!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("empty")]
    public async Task A_stranger_is_answered_when_it_is_public_and_refused_with_a_time_beyond_the_cap(string path)
    {
        await using var server = await ServerAsync(new SpeedServerOptions { Public = true, AddressRequestsPerMinute = 2 });
        using var http = new HttpClient { BaseAddress = server.Url };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.9");

        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"/backend/{path}?ckSize=1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("/backend/empty.php", new ByteArrayContent(new byte[100_000]))).StatusCode);
        var refused = await http.GetAsync($"/backend/{path}");

        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
    }

    [Fact]
    public async Task A_transfer_ends_where_the_day_does_in_both_directions()
    {
        await using var server = await ServerAsync(new SpeedServerOptions { Public = true, AddressDailyMegabytes = 2 });
        using var http = new HttpClient { BaseAddress = server.Url };
        http.DefaultRequestHeaders.Add("X-Forwarded-For", "192.0.2.9");

        await Assert.ThrowsAsync<HttpRequestException>(() => http.GetByteArrayAsync("/backend/garbage?ckSize=100"));
        Assert.Equal(HttpStatusCode.TooManyRequests, (await http.GetAsync("/backend/garbage?ckSize=1")).StatusCode);
    }

    [Fact]
    public async Task Who_is_on_the_same_machine_has_no_cap_and_LibreSpeeds_page_may_ask_from_elsewhere()
    {
        await using var server = await ServerAsync(new SpeedServerOptions { AddressRequestsPerMinute = 1 });
        using var http = new HttpClient { BaseAddress = server.Url };

        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/backend/empty")).StatusCode);
        }

        using var ahead = new HttpRequestMessage(HttpMethod.Options, "/backend/empty.php");
        var answer = await http.SendAsync(ahead);
        Assert.Equal(HttpStatusCode.NoContent, answer.StatusCode);
        Assert.Contains("Content-Encoding", answer.Headers.GetValues("Access-Control-Allow-Headers").Single(), StringComparison.Ordinal);
    }

    private static BackendUse Use(SpeedServerOptions options, TimeProvider clock) => new(new Fixed(options), clock);

    /// <summary>The server side behind something that speaks for others, as a proxy does: its own address counts.</summary>
    private static Task<FakeHttpServer> ServerAsync(SpeedServerOptions options)
    {
        var use = Use(options, TimeProvider.System);
        return FakeHttpServer.StartAsync(app =>
        {
            app.Use((http, next) =>
            {
                http.RequestServices = new ServiceCollection().AddSingleton(use).AddLogging().BuildServiceProvider();
                return next(http);
            });
            app.UseRouting();
            SpeedTestBackend.Map(app);
        });
    }

    private sealed class Watch : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now;

        public void Advance(TimeSpan by) => _now += by;
    }

    private sealed class Fixed(SpeedServerOptions options) : IOptionsMonitor<SpeedServerOptions>
    {
        public SpeedServerOptions CurrentValue => options;

        public SpeedServerOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<SpeedServerOptions, string?> listener) => null;
    }
}
