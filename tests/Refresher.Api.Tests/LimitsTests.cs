using System.Net;

namespace Refresher.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class LimitsTests(ApiHost api)
{
    [Fact]
    public async Task A_limit_is_set_listed_changed_and_taken_away()
    {
        var set = await api.SendAsync(HttpMethod.Put, "/api/v1/limits/key/billing/db", """{"concurrency": 3, "rate": 10, "per": "00:00:01"}""", HttpStatusCode.OK);
        Assert.Equal(("key", "billing/db", 3), (set.GetProperty("scope").GetString(), set.GetProperty("name").GetString(), set.GetProperty("concurrency").GetInt32()));

        await api.SendAsync(HttpMethod.Put, "/api/v1/limits/key/billing/db", """{"concurrency": 2}""", HttpStatusCode.OK);
        var listed = Assert.Single((await api.GetAsync("/api/v1/limits")).GetProperty("items").EnumerateArray().ToArray(), limit => limit.GetProperty("name").GetString() == "billing/db");
        Assert.Equal(2, listed.GetProperty("concurrency").GetInt32());
        Assert.Equal(System.Text.Json.JsonValueKind.Null, listed.GetProperty("rate").ValueKind);

        await api.SendAsync(HttpMethod.Delete, "/api/v1/limits/key/billing/db", null, HttpStatusCode.NoContent);
        await api.SendAsync(HttpMethod.Delete, "/api/v1/limits/key/billing/db", null, HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("kinds/hello", """{"concurrency": 1}""", "scope")]
    [InlineData("kind/nonsense", """{"concurrency": 1}""", "name")]
    [InlineData("kind/hello", """{"concurrency": 0}""", "concurrency")]
    [InlineData("kind/hello", """{"rate": 5}""", "per")]
    [InlineData("kind/hello", """{"atOnce": 5}""", "atOnce")]
    public async Task A_wrong_limit_names_its_field(string limit, string body, string field)
    {
        var problem = await api.SendAsync(HttpMethod.Put, $"/api/v1/limits/{limit}", body, HttpStatusCode.BadRequest);

        Assert.True(problem.GetProperty("errors").TryGetProperty(field, out _), problem.GetRawText());
    }

    [Fact]
    public async Task A_run_with_a_unique_key_answers_with_the_run_that_has_it()
    {
        const string Asked = """{"kind": "hello", "uniqueKey": "once", "uniqueFor": "00:01:00", "concurrencyKey": "k"}""";
        var first = (await api.PostAsync("/api/v1/runs", Asked, HttpStatusCode.Accepted)).GetProperty("ids")[0].GetString();

        var second = (await api.PostAsync("/api/v1/runs", Asked, HttpStatusCode.Accepted)).GetProperty("ids")[0].GetString();

        Assert.Equal(first, second);
        var run = await api.GetAsync($"/api/v1/runs/{first}");
        Assert.Equal(("once", "k"), (run.GetProperty("uniqueKey").GetString(), run.GetProperty("concurrencyKey").GetString()));
    }
}
