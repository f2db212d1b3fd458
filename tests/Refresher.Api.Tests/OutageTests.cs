using System.Diagnostics;
using System.Net;
using Refresher.Testing;

namespace Refresher.Api.Tests;

/// <summary>What the Api says while a server is away, and how it stops.</summary>
public sealed class OutageTests
{
    [Fact]
    public async Task Without_PostgreSQL_it_says_so_at_once_and_goes_on_when_it_is_back()
    {
        await using var servers = await TestServers.StartAsync();
        var api = new ApiHost { Servers = servers };
        await api.InitializeAsync();
        await using var _ = api;
        await servers.StopAsync("postgres");

        using var stranger = new HttpRequestMessage(HttpMethod.Get, "/api/v1/schedules") { Headers = { Authorization = new("Bearer", "not seen before") } };
        var clock = Stopwatch.StartNew();
        using var refused = await api.Stranger.SendAsync(stranger);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Contains("PostgreSQL does not answer", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await api.Stranger.GetAsync("/health")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await api.Stranger.GetAsync("/alive")).StatusCode);

        await servers.StartAgainAsync("postgres");
        Assert.Equal(HttpStatusCode.OK, (await api.Stranger.GetAsync("/alive")).StatusCode);
        await Eventually.SeeAsync(async () => (await api.Stranger.GetAsync("/api/v1/schedules")).StatusCode, status => status == HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task Without_Redis_runs_are_taken_and_everything_that_can_be_told_is_told()
    {
        await using var servers = await TestServers.StartAsync();
        var api = new ApiHost { Servers = servers };
        await api.InitializeAsync();
        await using var _ = api;
        await servers.StopAsync("redis");

        await api.PostAsync("/api/v1/runs", """{"kind": "hello"}""", HttpStatusCode.Accepted);
        await api.PostAsync("/api/v1/schedules", """{"name": "a", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        Assert.Equal(0, (await api.GetAsync("/api/v1/workers")).GetProperty("items").GetArrayLength());
        Assert.Equal(1, (await api.GetAsync("/api/v1/queues")).GetProperty("items")[0].GetProperty("waiting").GetInt32());
        Assert.Equal("Degraded", (await (await api.Stranger.GetAsync("/health")).Content.ReadAsStringAsync()).Split('\n')[0]);
    }

    [Fact]
    public async Task A_followed_log_does_not_hold_a_stop_up()
    {
        var api = new ApiHost();
        await api.InitializeAsync();
        await using var _ = api.Database;
        var ids = (await api.PostAsync("/api/v1/runs", """{"kind": "hello", "queue": "nobody"}""", HttpStatusCode.Accepted)).GetProperty("ids");
        using var response = await api.Client.GetAsync($"/api/v1/runs/{ids[0].GetString()}/logs?follow=true", HttpCompletionOption.ResponseHeadersRead);
        using var stream = new StreamReader(await response.Content.ReadAsStreamAsync());
        Assert.NotNull(await stream.ReadLineAsync());

        var clock = Stopwatch.StartNew();
        await api.StopAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"{clock.Elapsed}");
        Assert.DoesNotContain("event: end", await stream.ReadToEndAsync(), StringComparison.Ordinal);
    }
}
