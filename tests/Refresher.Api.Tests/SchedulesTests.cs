using System.Net;
using System.Text;
using System.Text.Json;
using Refresher.Core.Access;

namespace Refresher.Api.Tests;

/// <summary>Schedules from their making to their end.</summary>
[Collection(SharedApi.Name)]
public sealed class SchedulesTests(ApiHost api)
{
    private const string Schedules = "/api/v1/schedules";

    [Fact]
    public async Task A_schedule_is_made_shown_changed_paused_resumed_and_deleted()
    {
        var made = await MakeAsync("Nightly greeting", """ "options": {"name": "night"}, "tags": ["a"], "timeout": "00:01:00" """);
        Assert.Equal("nightly-greeting", made.GetProperty("key").GetString());
        Assert.EndsWith("Z", made.GetProperty("state").GetProperty("nextDueAt").GetString(), StringComparison.Ordinal);

        var shown = await api.GetAsync($"{Schedules}/nightly-greeting");
        Assert.Equal(made.GetProperty("id").GetString(), shown.GetProperty("id").GetString());
        Assert.Equal("night", shown.GetProperty("options").GetProperty("name").GetString());

        var changed = await PatchAsync("nightly-greeting", """{"name": "Greeting", "timeout": null, "options": {"failFirst": 1}}""");
        Assert.Equal("Greeting", changed.GetProperty("name").GetString());
        Assert.Equal("nightly-greeting", changed.GetProperty("key").GetString());
        Assert.Equal(JsonValueKind.Null, changed.GetProperty("timeout").ValueKind);
        Assert.Equal("night", changed.GetProperty("options").GetProperty("name").GetString());
        Assert.Equal(1, changed.GetProperty("options").GetProperty("failFirst").GetInt32());

        var paused = await api.PostAsync($"{Schedules}/nightly-greeting/pause", null, HttpStatusCode.OK);
        Assert.False(paused.GetProperty("enabled").GetBoolean());
        Assert.Equal(JsonValueKind.Null, paused.GetProperty("state").GetProperty("nextDueAt").ValueKind);
        var resumed = await api.PostAsync($"{Schedules}/nightly-greeting/resume", null, HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.String, resumed.GetProperty("state").GetProperty("nextDueAt").ValueKind);

        await api.SendAsync(HttpMethod.Delete, $"{Schedules}/nightly-greeting", null, HttpStatusCode.NoContent);
        await api.GetAsync($"{Schedules}/nightly-greeting", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task What_a_schedule_leaves_open_is_shown_as_effective()
    {
        var effective = (await MakeAsync("Effective")).GetProperty("effective");
        Assert.Equal("runOnce", effective.GetProperty("misfire").GetString());
        Assert.Equal("01:00:00", effective.GetProperty("misfireWindow").GetString());
        Assert.Equal("skip", effective.GetProperty("overlap").GetString());
        Assert.Equal("rerun", effective.GetProperty("onLost").GetString());
        Assert.Equal("00:30:00", effective.GetProperty("timeout").GetString());
        Assert.Equal(11, effective.GetProperty("retry").GetProperty("maxAttempts").GetInt32());
        Assert.Equal("30.00:00:00", effective.GetProperty("retention").GetString());
    }

    [Fact]
    public async Task What_was_read_may_be_sent_back_whole()
    {
        var made = await MakeAsync("Round trip", """ "options": {"name": "x"}, "jitter": "00:00:01.500", "startAt": "2030-01-01T09:00:00+01:00" """);
        var replaced = await api.SendAsync(HttpMethod.Put, $"{Schedules}/round-trip", made.GetRawText(), HttpStatusCode.OK);
        foreach (var field in new[] { "key", "name", "kind", "options", "cadence", "jitter", "startAt", "priority", "queue", "createdAt" })
        {
            Assert.Equal(made.GetProperty(field).GetRawText(), replaced.GetProperty(field).GetRawText());
        }

        Assert.Equal("2030-01-01T08:00:00Z", replaced.GetProperty("startAt").GetString());
        Assert.Equal("00:00:01.5", replaced.GetProperty("jitter").GetString());
    }

    [Fact]
    public async Task A_cadence_of_another_type_replaces_the_old_one_whole()
    {
        await MakeAsync("Other cadence");
        var changed = await PatchAsync("other-cadence", """{"cadence": {"type": "cron", "cron": "30 2 * * *", "timeZone": "Europe/Berlin"}}""");
        Assert.Equal("At 02:30 every day, Europe/Berlin", changed.GetProperty("cadenceText").GetString());
        changed = await PatchAsync("other-cadence", """{"cadence": {"cron": "30 3 * * *"}}""");
        Assert.Equal("Europe/Berlin", changed.GetProperty("cadence").GetProperty("timeZone").GetString());
    }

    [Fact]
    public async Task A_secret_is_never_shown_and_stays_when_it_comes_back_masked()
    {
        await api.PostAsync(Schedules, """{"name": "Secretive", "kind": "http-request", "cadence": {"type": "every", "every": "01:00:00"}, "enabled": false, "options": {"url": "http://127.0.0.1:1/", "secretHeader": "X-Key: hush"}}""", HttpStatusCode.Created);
        var shown = await api.GetAsync($"{Schedules}/secretive");
        Assert.DoesNotContain("hush", shown.GetRawText(), StringComparison.Ordinal);
        await api.SendAsync(HttpMethod.Put, $"{Schedules}/secretive", shown.GetRawText(), HttpStatusCode.OK);
        Assert.Contains(OptionSecrets.Prefix, await StoredOptionsAsync("secretive"), StringComparison.Ordinal);

        var run = await api.PostAsync($"{Schedules}/secretive/run", null, HttpStatusCode.Accepted);
        Assert.DoesNotContain("hush", run.GetRawText(), StringComparison.Ordinal);

        await PatchAsync("secretive", """{"options": {"secretHeader": null}}""");
        Assert.DoesNotContain("hush", await StoredOptionsAsync("secretive"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_edit_over_an_edit_one_has_not_seen_is_refused()
    {
        await MakeAsync("Guarded");
        using var seen = await api.Client.GetAsync($"{Schedules}/guarded");
        var etag = seen.Headers.ETag!.Tag;
        Assert.Equal(HttpStatusCode.OK, await PatchIfAsync(etag, """{"description": "first"}"""));
        Assert.Equal(HttpStatusCode.PreconditionFailed, await PatchIfAsync(etag, """{"description": "second"}"""));
        Assert.Equal("first", (await api.GetAsync($"{Schedules}/guarded")).GetProperty("description").GetString());

        async Task<HttpStatusCode> PatchIfAsync(string version, string patch)
        {
            using var request = new HttpRequestMessage(HttpMethod.Patch, $"{Schedules}/guarded") { Content = new StringContent(patch, Encoding.UTF8, "application/merge-patch+json") };
            request.Headers.TryAddWithoutValidation("If-Match", version);
            using var response = await api.Client.SendAsync(request);
            return response.StatusCode;
        }
    }

    [Fact]
    public async Task Edits_at_the_same_time_all_count_when_they_change_different_things()
    {
        await MakeAsync("Crowded");
        await Task.WhenAll(PatchAsync("crowded", """{"description": "d"}"""), PatchAsync("crowded", """{"owner": "o"}"""));
        var shown = await api.GetAsync($"{Schedules}/crowded");
        Assert.Equal(("d", "o"), (shown.GetProperty("description").GetString(), shown.GetProperty("owner").GetString()));
    }

    [Fact]
    public async Task A_key_that_is_taken_is_refused_and_a_name_that_is_taken_gets_another_key()
    {
        await MakeAsync("Twice");
        Assert.Equal("twice-2", (await MakeAsync("Twice")).GetProperty("key").GetString());
        await api.RefusedAsync(HttpMethod.Post, Schedules, """{"name": "Twice", "key": "twice", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", "key");
    }

    [Fact]
    public async Task Lists_come_page_by_page_and_filtered()
    {
        for (var i = 0; i < 5; i++)
        {
            await MakeAsync($"Paged {i}", """ "tags": ["paged"] """);
        }

        var seen = new List<string?>();
        var next = "";
        do
        {
            var page = await api.GetAsync($"{Schedules}?tag=paged&limit=2{(next is "" ? "" : $"&after={next}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("key").GetString()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(["paged-0", "paged-1", "paged-2", "paged-3", "paged-4"], seen);
        Assert.Equal("paged-3", (await api.GetAsync($"{Schedules}?search=PAGED%203")).GetProperty("items")[0].GetProperty("key").GetString());
        Assert.Equal(0, (await api.GetAsync($"{Schedules}?tag=paged&enabled=false")).GetProperty("items").GetArrayLength());
    }

    [Fact]
    public async Task A_preview_says_the_cadence_in_words_and_when_a_clock_changes()
    {
        var preview = await api.PostAsync(
            $"{Schedules}/preview", """{"cadence": {"type": "cron", "cron": "30 2 * * *", "timeZone": "Europe/Berlin"}, "from": "2027-03-27T12:00:00Z", "count": 2}""", HttpStatusCode.OK);
        Assert.Equal("At 02:30 every day, Europe/Berlin", preview.GetProperty("description").GetString());
        var occurrences = preview.GetProperty("occurrences");
        Assert.Equal(2, occurrences.GetArrayLength());
        Assert.Equal("2027-03-28T01:00:00Z", occurrences[0].GetProperty("at").GetString());
        Assert.Equal("2027-03-28T03:00:00+02:00", occurrences[0].GetProperty("local").GetString());
        Assert.Contains("not exist", occurrences[0].GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, occurrences[1].GetProperty("note").ValueKind);
    }

    [Fact]
    public async Task Kinds_are_listed_with_the_schema_of_their_options()
    {
        var hello = (await api.GetAsync("/api/v1/kinds")).GetProperty("items").EnumerateArray().Single(kind => kind.GetProperty("name").GetString() == "hello");
        Assert.Equal("world", hello.GetProperty("defaults").GetProperty("name").GetString());
        Assert.Equal(10, hello.GetProperty("schema").GetProperty("properties").GetProperty("failFirst").GetProperty("maximum").GetInt32());
    }

    private Task<JsonElement> MakeAsync(string name, string more = "") => api.PostAsync(
        Schedules, $$"""{"name": "{{name}}", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}{{(more is "" ? "" : ", " + more)}}}""", HttpStatusCode.Created);

    private Task<JsonElement> PatchAsync(string key, string patch) =>
        api.SendAsync(HttpMethod.Patch, $"{Schedules}/{key}", patch, HttpStatusCode.OK, "application/merge-patch+json");

    private async Task<string> StoredOptionsAsync(string key)
    {
        await using var connection = new Npgsql.NpgsqlConnection(api.Database.ConnectionString);
        await connection.OpenAsync();
        await using var command = new Npgsql.NpgsqlCommand("SELECT options::text FROM schedules WHERE key = $1", connection) { Parameters = { new() { Value = key } } };
        return (string)(await command.ExecuteScalarAsync())!;
    }
}
