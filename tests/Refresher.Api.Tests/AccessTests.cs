using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;

namespace Refresher.Api.Tests;

/// <summary>Who may ask.</summary>
[Collection(SharedApi.Name)]
public sealed class AccessTests(ApiHost api)
{
    [Theory]
    [InlineData("GET", "/api/v1/kinds")]
    [InlineData("GET", "/api/v1/schedules")]
    [InlineData("POST", "/api/v1/schedules")]
    [InlineData("GET", "/api/v1/runs")]
    [InlineData("POST", "/api/v1/runs")]
    [InlineData("GET", "/api/v1/workers")]
    [InlineData("GET", "/api/v1/queues")]
    [InlineData("GET", "/api/v1/whatever")]
    public async Task Without_a_key_nothing_under_api_answers(string method, string path)
    {
        using var response = await api.Stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Bearer", Assert.Single(response.Headers.WwwAuthenticate).Scheme);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.True((await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errors").TryGetProperty("Authorization", out _));
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/alive")]
    [InlineData("/openapi/v1.json")]
    public async Task What_is_public_needs_no_key(string path) => Assert.Equal(HttpStatusCode.OK, (await api.Stranger.GetAsync(path)).StatusCode);

    [Fact]
    public async Task Metrics_and_targets_are_not_on_the_public_port()
    {
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync("/metrics")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await api.Client.GetAsync("/internal/prometheus-targets")).StatusCode);
    }

    [Fact]
    public async Task Wrong_keys_are_refused_and_then_slowed_down_while_a_right_key_goes_on()
    {
        await api.GetAsync("/api/v1/kinds");
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 15; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/kinds") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", $"wrong-{i}") } };
            using var response = await api.Stranger.SendAsync(request);
            answers.Add(response.StatusCode);
            Assert.Equal(response.StatusCode == HttpStatusCode.TooManyRequests, response.Headers.RetryAfter is not null);
        }

        Assert.Equal(HttpStatusCode.Unauthorized, answers[0]);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        await api.GetAsync("/api/v1/kinds");
    }

    [Fact]
    public async Task The_use_of_a_key_is_noted()
    {
        await api.GetAsync("/api/v1/kinds");
        await using var scope = api.Services.CreateAsyncScope();
        Assert.NotNull((await scope.ServiceProvider.GetRequiredService<RefresherDb>().ApiKeys.SingleAsync(key => key.Name == "first key")).LastUsedAt);
    }

    [Fact]
    public async Task No_other_origin_is_let_in()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/kinds") { Headers = { { "Origin", "https://elsewhere.example" } } };
        using var response = await api.Client.SendAsync(request);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }
}
