using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Refresher.Api.Tests.Heartbeats;

[Collection(SharedApi.Name)]
public sealed class HeartbeatsTests(ApiHost api)
{
    private const string Hourly = """{"type": "every", "every": "01:00:00"}""";

    [Fact]
    public async Task A_heartbeat_is_made_called_changed_rotated_and_deleted()
    {
        var made = await MakeAsync("Nightly backup", ""","tags": ["db"], "grace": "00:10:00", "maxRunTime": "02:00:00" """);
        var id = made.GetProperty("id").GetString();
        Assert.Equal(("nightly-backup", "new", "Every hour"), (Text(made, "key"), Text(made, "state"), Text(made, "cadenceInWords")));

        await CallAsync(Text(made, "beatPath") + "/start", HttpStatusCode.OK);
        Assert.Equal("running", Text(await api.GetAsync($"/api/v1/heartbeats/{id}"), "state"));
        await CallAsync(Text(made, "beatPath"), HttpStatusCode.OK, "42 files copied");
        var up = await api.GetAsync($"/api/v1/heartbeats/{id}");
        Assert.Equal("up", Text(up, "state"));
        Assert.InRange(up.GetProperty("lastDuration").GetDouble(), 0, 30);
        Assert.Equal(TimeSpan.FromHours(1), up.GetProperty("expectedAt").GetDateTimeOffset() - up.GetProperty("lastBeatAt").GetDateTimeOffset());
        Assert.Equal(TimeSpan.FromMinutes(10), up.GetProperty("deadlineAt").GetDateTimeOffset() - up.GetProperty("expectedAt").GetDateTimeOffset());

        var beats = (await api.GetAsync($"/api/v1/heartbeats/{id}/beats")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["success", "start"], beats.Select(beat => Text(beat, "kind")));
        Assert.Equal(("42 files copied", "127.0.0.1"), (Text(beats[0], "body"), Text(beats[0], "from")));

        var changed = await api.SendAsync(HttpMethod.Put, $"/api/v1/heartbeats/{id}", """{"name": "Backup", "cadence": {"type": "cron", "cron": "0 2 * * *", "timeZone": "Europe/Berlin"}}""", HttpStatusCode.OK);
        Assert.Equal(("nightly-backup", "Backup", "00:05:00", "up"), (Text(changed, "key"), Text(changed, "name"), Text(changed, "grace"), Text(changed, "state")));

        var rotated = await api.PostAsync($"/api/v1/heartbeats/{id}/rotate", null, HttpStatusCode.OK);
        Assert.NotEqual(Text(made, "beatPath"), Text(rotated, "beatPath"));
        await CallAsync(Text(made, "beatPath"), HttpStatusCode.NotFound);
        await CallAsync(Text(rotated, "beatPath"), HttpStatusCode.OK);

        await api.SendAsync(HttpMethod.Delete, $"/api/v1/heartbeats/{id}", null, HttpStatusCode.NoContent);
        await CallAsync(Text(rotated, "beatPath"), HttpStatusCode.NotFound);
        await api.GetAsync($"/api/v1/heartbeats/{id}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Exit_codes_and_failures_bring_it_down_with_the_reason_and_a_success_brings_it_back()
    {
        var made = await MakeAsync("Exit codes");
        await CallAsync(Text(made, "beatPath") + "/0", HttpStatusCode.OK);
        Assert.Equal("up", (await StateAsync(made)).State);

        await CallAsync(Text(made, "beatPath") + "/3", HttpStatusCode.OK);
        Assert.Equal(("down", "reported failure (exit code 3)"), await StateAsync(made));
        await CallAsync(Text(made, "beatPath") + "/start", HttpStatusCode.OK);
        Assert.Equal("down", (await StateAsync(made)).State);
        await CallAsync(Text(made, "beatPath"), HttpStatusCode.OK);
        Assert.Equal(("up", null), await StateAsync(made));

        await CallAsync(Text(made, "beatPath") + "/fail", HttpStatusCode.OK);
        Assert.Equal(("down", "reported failure"), await StateAsync(made));
        await CallAsync(Text(made, "beatPath") + "/-1073741819", HttpStatusCode.OK);
        Assert.Equal(("down", "reported failure (exit code -1073741819)"), await StateAsync(made));

        Assert.Equal([true, false, true], (await ChangesAsync(made)).Select(change => change.GetProperty("active").GetBoolean()));
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("POST")]
    public async Task It_is_called_by_whatever_method_a_tool_has_and_no_cache_answers_for_us(string method)
    {
        var made = await MakeAsync($"By {method}");

        using var answer = await api.Stranger.SendAsync(new HttpRequestMessage(new HttpMethod(method), Text(made, "beatPath")));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.True(answer.Headers.CacheControl!.NoStore);
        Assert.Equal(method == "HEAD" ? "" : "OK\n", await answer.Content.ReadAsStringAsync());
        Assert.Equal("up", (await StateAsync(made)).State);
    }

    [Fact]
    public async Task A_paused_heartbeat_keeps_its_calls_and_expects_nothing_until_it_is_resumed()
    {
        var made = await MakeAsync("Paused");
        await CallAsync(Text(made, "beatPath") + "/fail", HttpStatusCode.OK);

        var paused = await ActAsync(made, "pause");
        Assert.Equal(("paused", false), (Text(paused, "state"), paused.GetProperty("enabled").GetBoolean()));
        await CallAsync(Text(made, "beatPath"), HttpStatusCode.OK);
        Assert.Equal("paused", (await StateAsync(made)).State);
        var changes = await ChangesAsync(made);
        Assert.Equal([true, false], changes.Select(change => change.GetProperty("active").GetBoolean()));
        Assert.Equal("it was paused", Text(changes[1], "reason"));

        var resumed = await ActAsync(made, "resume");
        Assert.Equal("up", Text(resumed, "state"));
        Assert.True(resumed.GetProperty("deadlineAt").GetDateTimeOffset() > resumed.GetProperty("updatedAt").GetDateTimeOffset());
        Assert.Equal(2, (await api.GetAsync($"/api/v1/heartbeats/{Text(made, "id")}/beats")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_long_body_is_cut_and_what_is_no_text_is_made_one()
    {
        var made = await MakeAsync("Bodies");
        await CallAsync(Text(made, "beatPath"), HttpStatusCode.OK, new string('x', 100_000));
        using var bytes = await api.Stranger.PostAsync(Text(made, "beatPath"), new ByteArrayContent([0, 0xff, (byte)'a']));

        var beats = (await api.GetAsync($"/api/v1/heartbeats/{Text(made, "id")}/beats")).GetProperty("items").EnumerateArray().ToArray();

        Assert.Equal((10 * 1024, true), (Text(beats[1], "body")!.Length, beats[1].GetProperty("cut").GetBoolean()));
        Assert.Equal("\uFFFD\uFFFDa", Text(beats[0], "body"));
    }

    [Fact]
    public async Task Too_many_calls_of_one_token_are_put_off_and_those_of_others_are_not()
    {
        var (flood, other) = (await MakeAsync("Flood"), await MakeAsync("Beside a flood"));
        var answers = new List<HttpStatusCode>();
        for (var i = 0; i < 70; i++)
        {
            using var answer = await api.Stranger.GetAsync(Text(flood, "beatPath"));
            answers.Add(answer.StatusCode);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests)
            {
                Assert.NotNull(answer.Headers.RetryAfter);
                break;
            }
        }

        Assert.InRange(answers.Count, 61, 70);
        Assert.Equal(HttpStatusCode.TooManyRequests, answers[^1]);
        await CallAsync(Text(other, "beatPath"), HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("""{"cadence": {"type": "every", "every": "01:00:00"}}""", "name")]
    [InlineData("""{"name": "x"}""", "cadence")]
    [InlineData("""{"name": "x", "cadence": {"type": "every", "every": "00:00:09"}}""", "cadence.every")]
    [InlineData("""{"name": "x", "cadence": {"type": "cron", "cron": "61 * * * *"}}""", "cadence.cron")]
    [InlineData("""{"name": "x", "cadence": {"type": "once", "at": "2031-01-01T00:00:00Z"}}""", "cadence.type")]
    [InlineData("""{"name": "x", "cadence": {"type": "every", "every": "01:00:00", "mode": "delay"}}""", "cadence.mode")]
    [InlineData("""{"name": "x", "grace": "00:00:00", "cadence": {"type": "every", "every": "01:00:00"}}""", "grace")]
    [InlineData("""{"name": "x", "maxRunTime": "99.00:00:00", "cadence": {"type": "every", "every": "01:00:00"}}""", "maxRunTime")]
    [InlineData("""{"name": "x", "key": "Not A Key", "cadence": {"type": "every", "every": "01:00:00"}}""", "key")]
    [InlineData("""{"name": "x", "tags": [""], "cadence": {"type": "every", "every": "01:00:00"}}""", "tags")]
    [InlineData("""{"name": "x", "token": "mine", "cadence": {"type": "every", "every": "01:00:00"}}""", "token")]
    public Task A_wrong_heartbeat_names_its_field(string body, string field) => api.RefusedAsync(HttpMethod.Post, "/api/v1/heartbeats", body, field);

    [Fact]
    public async Task A_key_is_one_heartbeats_alone()
    {
        var (first, second) = (await MakeAsync("Twice", ""","key": "twice" """), await MakeAsync("Twice too"));

        await api.RefusedAsync(HttpMethod.Post, "/api/v1/heartbeats", $$"""{"name": "x", "key": "twice", "cadence": {{Hourly}}}""", "key");
        await api.RefusedAsync(HttpMethod.Put, $"/api/v1/heartbeats/{Text(second, "id")}", $$"""{"name": "x", "key": "twice", "cadence": {{Hourly}}}""", "key");
        Assert.Equal("twice", Text(first, "key"));
    }

    [Fact]
    public async Task The_token_is_in_no_list_no_audit_and_no_table()
    {
        var made = await MakeAsync("Secret");
        await CallAsync(Text(made, "beatPath"), HttpStatusCode.OK);
        await ActAsync(made, "rotate");
        var token = Text(made, "beatPath")!.Split('/')[^1];

        Assert.Equal(22, token.Length);
        Assert.DoesNotContain(token, (await api.GetAsync("/api/v1/heartbeats?limit=500")).GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(token, (await api.GetAsync("/api/v1/audit?limit=500")).GetRawText(), StringComparison.Ordinal);
        Assert.Contains("heartbeat.rotate", (await api.GetAsync("/api/v1/audit?limit=500")).GetRawText(), StringComparison.Ordinal);
        await using var rows = api.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT string_agg(h::text, ' ') || (SELECT string_agg(b::text, ' ') FROM heartbeat_beats b) FROM heartbeats h");
        Assert.DoesNotContain(token, (string)(await rows.ExecuteScalarAsync())!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_go_by_key_in_pages_and_are_filtered()
    {
        foreach (var letter in (char[])['c', 'a', 'b'])
        {
            await MakeAsync($"Paged {letter}", ""","tags": ["paged"]""");
        }

        var first = await api.GetAsync("/api/v1/heartbeats?tag=paged&limit=2");
        var second = await api.GetAsync($"/api/v1/heartbeats?tag=paged&limit=2&after={Text(first, "next")}");

        Assert.Equal(["paged-a", "paged-b"], first.GetProperty("items").EnumerateArray().Select(item => Text(item, "key")));
        Assert.Equal(["paged-c"], second.GetProperty("items").EnumerateArray().Select(item => Text(item, "key")));
        Assert.Equal(3, (await api.GetAsync("/api/v1/heartbeats?state=new&search=PAGED")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await api.GetAsync("/api/v1/heartbeats?state=late&search=paged")).GetProperty("items").GetArrayLength());
        await api.RefusedAsync(HttpMethod.Get, "/api/v1/heartbeats?state=nonsense", null, "state");
    }

    private Task<JsonElement> MakeAsync(string name, string more = "") =>
        api.PostAsync("/api/v1/heartbeats", $$"""{"name": "{{name}}", "cadence": {{Hourly}}{{more}}}""", HttpStatusCode.Created);

    private Task<JsonElement> ActAsync(JsonElement heartbeat, string verb) => api.PostAsync($"/api/v1/heartbeats/{Text(heartbeat, "id")}/{verb}", null, HttpStatusCode.OK);

    private async Task CallAsync(string? path, HttpStatusCode expected, string body = "")
    {
        using var answer = await api.Stranger.PostAsync(path, new StringContent(body, Encoding.UTF8, "text/plain"));
        Assert.Equal(expected, answer.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK ? "OK\n" : "Not found\n", await answer.Content.ReadAsStringAsync());
    }

    private async Task<(string? State, string? Reason)> StateAsync(JsonElement heartbeat)
    {
        var now = await api.GetAsync($"/api/v1/heartbeats/{Text(heartbeat, "id")}");
        return (Text(now, "state"), Text(now, "reason"));
    }

    /// <summary>What was told of it, in order.</summary>
    private async Task<List<JsonElement>> ChangesAsync(JsonElement heartbeat)
    {
        await using var told = api.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand("SELECT payload FROM outbox WHERE key = $1 ORDER BY position");
        told.Parameters.Add(new() { Value = Text(heartbeat, "id")! });
        await using var row = await told.ExecuteReaderAsync();
        var changes = new List<JsonElement>();
        while (await row.ReadAsync())
        {
            changes.Add(JsonSerializer.Deserialize<JsonElement>(row.GetFieldValue<byte[]>(0)));
        }

        return changes;
    }

    private static string? Text(JsonElement json, string property) => json.GetProperty(property).GetString();
}
