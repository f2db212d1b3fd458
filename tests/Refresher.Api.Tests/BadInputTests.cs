using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>Whatever is wrong is refused as ProblemDetails that name the field and say what is right.</summary>
[Collection(SharedApi.Name)]
public sealed class BadInputTests(ApiHost api)
{
    private const string Every = """ "cadence": {"type": "every", "every": "00:05:00"} """;

    [Theory]
    [InlineData("unknown field", """{"name": "a", "kind": "hello", "colour": "red", %}""", "colour", "There is no such field")]
    [InlineData("unknown field below", """{"name": "a", "kind": "hello", "retry": {"tries": 3}, %}""", "retry.tries", "maxAttempts")]
    [InlineData("wrong type", """{"name": 5, "kind": "hello", %}""", "name", "a text")]
    [InlineData("wrong type of a list", """{"name": "a", "kind": "hello", "tags": "x", %}""", "tags", "list")]
    [InlineData("number as text", """{"name": "a", "kind": "hello", "priority": "2", %}""", "priority", "number")]
    [InlineData("priority out of range", """{"name": "a", "kind": "hello", "priority": 5, %}""", "priority", "0 (first) to 4")]
    [InlineData("missing name", """{"kind": "hello", %}""", "name", "needed")]
    [InlineData("missing kind", """{"name": "a", %}""", "kind", "needed")]
    [InlineData("unknown kind", """{"name": "a", "kind": "hullo", %}""", "kind", "hello")]
    [InlineData("options out of range", """{"name": "a", "kind": "hello", "options": {"failFirst": 11}, %}""", "options.failFirst", "between 0 and 10")]
    [InlineData("unknown option", """{"name": "a", "kind": "hello", "options": {"nane": "x"}, %}""", "options.nane", "failFirst")]
    [InlineData("options of a wrong type", """{"name": "a", "kind": "hello", "options": [1], %}""", "options", "object")]
    [InlineData("missing cadence", """{"name": "a", "kind": "hello"}""", "cadence", "needed")]
    [InlineData("wrong cron", """{"name": "a", "kind": "hello", "cadence": {"type": "cron", "cron": "61 * * * *"}}""", "cadence.cron", "61")]
    [InlineData("unknown time zone", """{"name": "a", "kind": "hello", "cadence": {"type": "cron", "cron": "0 2 * * *", "timeZone": "Europe/Berlim"}}""", "cadence.timeZone", "Europe/Berlin")]
    [InlineData("unknown cadence", """{"name": "a", "kind": "hello", "cadence": {"type": "weekly"}}""", "cadence.type", "every")]
    [InlineData("too frequent", """{"name": "a", "kind": "hello", "cadence": {"type": "every", "every": "00:00:00.5"}}""", "cadence.every", "shortest")]
    [InlineData("text that is half a character", """{"name": "a", "kind": "hello", "cadence": {"type": "cron", "cron": "\ud800"}}""", "cadence", "Unicode")]
    [InlineData("wrong policy", """{"name": "a", "kind": "hello", "misfire": "never", %}""", "misfire", "runOnce")]
    [InlineData("policy as a number", """{"name": "a", "kind": "hello", "misfire": 7, %}""", "misfire", "runOnce")]
    [InlineData("duration without colons", """{"name": "a", "kind": "hello", "timeout": "5", %}""", "timeout", "00:05:00")]
    [InlineData("instant without offset", """{"name": "a", "kind": "hello", "startAt": "2030-01-01T00:00:00", %}""", "startAt", "2026-01-31T08:00:00Z")]
    [InlineData("end before start", """{"name": "a", "kind": "hello", "startAt": "2030-01-02T00:00:00Z", "endAt": "2030-01-01T00:00:00Z", %}""", "endAt", "after")]
    [InlineData("retry out of range", """{"name": "a", "kind": "hello", "retry": {"maxAttempts": 0}, %}""", "retry.maxAttempts", "1 to 100")]
    [InlineData("kept for too short", """{"name": "a", "kind": "hello", "retention": {"succeeded": "23:59:59"}, %}""", "retention.succeeded", "400 days")]
    [InlineData("kept for too long", """{"name": "a", "kind": "hello", "retention": {"others": "401.00:00:00"}, %}""", "retention.others", "400 days")]
    [InlineData("kept for a number", """{"name": "a", "kind": "hello", "retention": {"others": "30"}, %}""", "retention.others", "00:05:00")]
    [InlineData("wrong key", """{"name": "a", "kind": "hello", "key": "No Good", %}""", "key", "lower-case")]
    [InlineData("a NUL", """{"name": "a\u0000b", "kind": "hello", %}""", "name", "NUL")]
    [InlineData("a field given twice", """{"name": "a", "name": "b", "kind": "hello", %}""", "name", "twice")]
    [InlineData("broken JSON", """{"name": "a", "kind" """, "body", "line 1, byte")]
    [InlineData("not JSON", "hello", "body", "line 1, byte 1")]
    [InlineData("a list", "[]", "body", "JSON object")]
    [InlineData("null", "null", "body", "JSON object")]
    [InlineData("nothing", "", "body", "empty")]
    public async Task A_schedule_that_is_not_right_is_refused_and_the_field_named(string what, string json, string field, string right)
    {
        var said = await api.RefusedAsync(HttpMethod.Post, "/api/v1/schedules", json.Replace("%", Every, StringComparison.Ordinal), field);
        Assert.True(said.Contains(right, StringComparison.Ordinal), $"{what}: {said}");
    }

    [Theory]
    [InlineData("""{"kind": "hello", "dueAt": "tomorrow"}""", "dueAt", "instant")]
    [InlineData("""{"kind": "hello", "dueAt": "2999-01-01T00:00:00Z"}""", "dueAt", "366 days")]
    [InlineData("""{"options": {}}""", "kind", "needed")]
    [InlineData("""[{"kind": "hello"}, {"kind": "hullo"}]""", "[1].kind", "hello")]
    [InlineData("""[{"kind": "hello"}, {"kind": "hello", "options": {"failFirst": -1}}]""", "[1].options.failFirst", "between 0 and 10")]
    [InlineData("""[{"kind": "hello"}, {"kind": "hello", "when": 1}]""", "[1].when", "There is no such field")]
    [InlineData("""[{"kind": "hello"}, {"kind": 1}]""", "[1].kind", "a text")]
    [InlineData("""[{"kind": "hello"}, null]""", "[1]", "JSON object")]
    [InlineData("""[{"kind": "hello"},""", "body", "line 1, byte")]
    [InlineData("7", "body", "JSON object")]
    [InlineData("", "body", "empty")]
    public async Task A_run_that_is_not_right_is_refused_and_its_place_named(string json, string field, string right) =>
        Assert.Contains(right, await api.RefusedAsync(HttpMethod.Post, "/api/v1/runs", json, field), StringComparison.Ordinal);

    [Theory]
    [InlineData("runs?limit=0", "limit")]
    [InlineData("runs?limit=501", "limit")]
    [InlineData("runs?limit=ten", "limit")]
    [InlineData("runs?after=nowhere", "after")]
    [InlineData("runs?state=done", "state")]
    [InlineData("runs?trigger=magic", "trigger")]
    [InlineData("runs?scheduleId=7", "scheduleId")]
    [InlineData("runs?from=yesterday", "from")]
    [InlineData("runs?colour=red", "colour")]
    [InlineData("runs?state=failed&state=queued", "state")]
    [InlineData("runs?worker=a%00b", "worker")]
    [InlineData("runs?state=failed,done", "state")]
    [InlineData("runs?late=soon", "late")]
    [InlineData("runs?late=-1", "late")]
    [InlineData("runs?text=", "text")]
    [InlineData("runs?text=a&in=output", "in")]
    [InlineData("runs?in=log", "in")]
    [InlineData("runs/export?format=xml", "format")]
    [InlineData("runs/statistics?by=week", "by")]
    [InlineData("runs/statistics?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "from")]
    [InlineData("runs/statistics?from=2020-01-01T00:00:00Z&to=2020-02-02T00:00:00Z", "from")]
    [InlineData("runs/statistics?by=day&from=2020-01-01T00:00:00Z&to=2022-01-01T00:00:00Z", "from")]
    [InlineData("runs/statistics?schedule=0197a1b2-0000-7000-8000-000000000000&from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z", "from")]
    [InlineData("runs/statistics?to=soon", "to")]
    [InlineData("runs/export?limit=1000001", "limit")]
    [InlineData("runs/export?after=x", "after")]
    [InlineData("runs/export?state=done", "state")]
    [InlineData("schedules?enabled=perhaps", "enabled")]
    [InlineData("schedules?after=NOT%20A%20KEY", "after")]
    [InlineData("workers?role=boss", "role")]
    public async Task A_query_that_is_not_right_is_refused_and_the_parameter_named(string path, string field) =>
        Assert.NotEmpty(await api.RefusedAsync(HttpMethod.Get, "/api/v1/" + path, null, field));

    [Fact]
    public async Task A_preview_of_a_wrong_cadence_names_the_field()
    {
        Assert.NotEmpty(await api.RefusedAsync(HttpMethod.Post, "/api/v1/schedules/preview", """{"cadence": {"type": "cron", "cron": "* * * *"}}""", "cadence.cron"));
        Assert.NotEmpty(await api.RefusedAsync(HttpMethod.Post, "/api/v1/schedules/preview", """{"cadence": {"type": "every", "every": "00:01:00"}, "count": 1001}""", "count"));
        Assert.NotEmpty(await api.RefusedAsync(HttpMethod.Post, "/api/v1/schedules/preview", "{}", "cadence"));
    }

    [Fact]
    public async Task A_field_given_twice_in_what_replaces_or_changes_a_schedule_is_refused()
    {
        await api.PostAsync("/api/v1/schedules", """{"name": "Doubled", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        Assert.Contains("twice", await api.RefusedAsync(HttpMethod.Patch, "/api/v1/schedules/doubled", """{"name": "a", "name": "b"}""", "body"), StringComparison.Ordinal);
        Assert.Contains("twice", await api.RefusedAsync(HttpMethod.Put, "/api/v1/schedules/doubled", """{"name": "a", "options": {"name": "x", "name": "y"}}""", "body"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_content_type_is_refused_with_the_right_one()
    {
        var problem = await api.SendAsync(HttpMethod.Post, "/api/v1/schedules", "name=a", HttpStatusCode.UnsupportedMediaType, "application/x-www-form-urlencoded");
        Assert.Contains("application/json", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/schedules", 10_000_000)]
    [InlineData("/api/v1/schedules", 1024 * 1024 + 1)]
    [InlineData("/api/v1/runs", 10_000_000)]
    public async Task A_body_that_is_too_large_is_refused(string path, int bytes)
    {
        var problem = await api.PostAsync(path, $$"""{"name": "{{new string('a', bytes)}}"}""", HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains("MiB", problem.GetProperty("errors").GetProperty("body")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_too_large_is_refused_also_when_its_length_is_not_said()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/v1/schedules") { Content = new StringContent(new string(' ', 3_000_000), Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        using var response = await api.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task What_is_not_there_is_said_as_a_problem()
    {
        Assert.Contains("/api/v1/nothing", (await api.GetAsync("/api/v1/nothing", HttpStatusCode.NotFound)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Contains("no-such-key", (await api.GetAsync("/api/v1/schedules/no-such-key", HttpStatusCode.NotFound)).GetProperty("detail").GetString(), StringComparison.Ordinal);
        await api.GetAsync($"/api/v1/runs/{Guid.NewGuid()}", HttpStatusCode.NotFound);
        await api.GetAsync($"/api/v1/runs/{Guid.NewGuid()}/logs?follow=true", HttpStatusCode.NotFound);
        await api.PostAsync($"/api/v1/runs/{Guid.NewGuid()}/cancel", null, HttpStatusCode.NotFound);
        await api.GetAsync("/api/v1/runs/not-an-id", HttpStatusCode.NotFound);
        await api.SendAsync(HttpMethod.Delete, "/api/v1/schedules/no-such-key", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_method_that_is_not_possible_is_said_with_those_that_are()
    {
        var problem = await api.SendAsync(HttpMethod.Delete, "/api/v1/schedules", null, HttpStatusCode.MethodNotAllowed);
        Assert.Contains("GET", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Problems_are_problem_json_with_a_trace_id_and_no_trace_of_the_server()
    {
        using var content = new StringContent("{", Encoding.UTF8, "application/json");
        using var response = await api.Client.PostAsync("/api/v1/schedules", content);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync()).TryGetProperty("traceId", out _));
        Assert.False(response.Headers.Contains("Server"));
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    [Fact]
    public async Task A_client_that_wants_html_gets_a_problem_all_the_same()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/nothing");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/html"));
        using var response = await api.Client.SendAsync(request);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }
}
