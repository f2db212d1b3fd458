using System.Net;
using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>Schedules out as files and in again, and crontabs in.</summary>
[Trait("Kind", "command")]
public sealed class ScheduleFilesTests(ApiHost api) : IClassFixture<ApiHost>
{
    private const string Schedules = "/api/v1/schedules";

    [Fact]
    public async Task A_file_in_yaml_is_shown_as_a_difference_then_imported_and_comes_out_as_it_was()
    {
        const string file = """
            schedules:
              - key: yaml-greeting
                name: Greeting
                tags:
                  - from-yaml
                kind: hello
                options:
                  name: you
                cadence:
                  type: cron
                  cron: 30 2 * * 1-5
                  timeZone: Europe/Berlin

            """;

        var dry = await ImportAsync(file, "?dryRun=true");
        Assert.True(dry.GetProperty("dryRun").GetBoolean());
        Assert.Equal("create", dry.GetProperty("schedules")[0].GetProperty("action").GetString());
        Assert.Equal("At 02:30 on weekdays, Europe/Berlin", dry.GetProperty("schedules")[0].GetProperty("cadenceText").GetString());
        await api.GetAsync($"{Schedules}/yaml-greeting", HttpStatusCode.NotFound);

        Assert.Equal(1, (await ImportAsync(file)).GetProperty("created").GetInt32());
        var update = await ImportAsync(file.Replace("name: you", "name: me", StringComparison.Ordinal), "?dryRun=true");
        var change = update.GetProperty("schedules")[0].GetProperty("changes")[0];
        Assert.Equal(("options.name", "you", "me"), (change.GetProperty("field").GetString(), change.GetProperty("before").GetString(), change.GetProperty("after").GetString()));
        Assert.Equal(1, (await ImportAsync(file)).GetProperty("unchanged").GetInt32());

        using var yaml = await api.Client.GetAsync($"{Schedules}/export?tag=from-yaml");
        Assert.Equal("application/yaml", yaml.Content.Headers.ContentType!.MediaType);
        Assert.Equal("schedules.yaml", yaml.Content.Headers.ContentDisposition!.FileName);
        Assert.Equal(file, await yaml.Content.ReadAsStringAsync());
        var json = await api.GetAsync($"{Schedules}/export?format=json&key=yaml-greeting");
        Assert.Equal("30 2 * * 1-5", json.GetProperty("schedules")[0].GetProperty("cadence").GetProperty("cron").GetString());
        Assert.Equal(1, (await ImportAsync(json.GetRawText(), type: "application/json")).GetProperty("unchanged").GetInt32());
    }

    [Fact]
    public async Task Prune_deletes_what_the_file_does_not_have()
    {
        await using var other = new ApiHost();
        await other.InitializeAsync();
        await other.PostAsync(Schedules, """{"name": "Left out", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        const string file = """{"schedules": [{"key": "kept", "name": "Kept", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}]}""";

        var done = await other.PostAsync($"{Schedules}/import?prune=true", file, HttpStatusCode.OK);

        Assert.Equal("1 created, 1 deleted", done.GetProperty("summary").GetString());
        await other.GetAsync($"{Schedules}/left-out", HttpStatusCode.NotFound);
        var audit = (await other.GetAsync("/api/v1/audit")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()).ToArray();
        Assert.Contains("schedule.delete", audit);
        Assert.Equal(2, audit.Count(action => action == "schedule.create"));
        await ((IAsyncLifetime)other).DisposeAsync();
    }

    [Theory]
    [InlineData("schedules:\n  - key: a\n    name: A\n    kind: hello\n    cadence: {type: cron, cron: 61 * * * *}", "schedules[0].cadence.cron", "(a, line 5)")]
    [InlineData("schedules:\n  - key: a\n    name: A\n    kind: hello\n    colour: red\n    cadence: {type: every, every: 01:00:00}", "schedules[0].colour", "no such field")]
    [InlineData("schedules:\n  - name: A\n    kind: hello\n    cadence: {type: every, every: 01:00:00}", "schedules[0].key", "needed in a file")]
    [InlineData("schedules:\n  - key: a\n    key: b", "body", "line 3")]
    [InlineData("schedules: &all []", "body", "anchors")]
    [InlineData("- key: a", "body", "begins with")]
    [InlineData("", "body", "begins with")]
    public async Task A_file_that_is_not_right_is_refused_and_the_place_named(string file, string field, string right)
    {
        var problem = await api.SendAsync(HttpMethod.Post, $"{Schedules}/import?dryRun=true", file, HttpStatusCode.BadRequest, "application/yaml");

        Assert.Contains(right, string.Join(' ', problem.GetProperty("errors").GetProperty(field).EnumerateArray()), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("export?format=toml", "format")]
    [InlineData("export?enabled=perhaps", "enabled")]
    [InlineData("export?colour=red", "colour")]
    public async Task An_export_that_is_not_right_is_refused(string path, string field) =>
        Assert.NotEmpty(await api.RefusedAsync(HttpMethod.Get, $"{Schedules}/{path}", null, field));

    [Theory]
    [InlineData("import?dryRun=perhaps", "dryRun")]
    [InlineData("import?prune=all", "prune")]
    [InlineData("import?format=yaml", "format")]
    public async Task An_import_whose_parameters_are_not_right_is_refused(string path, string field) =>
        Assert.NotEmpty(await api.RefusedAsync(HttpMethod.Post, $"{Schedules}/{path}", """{"schedules": []}""", field));

    [Fact]
    public async Task A_body_of_another_type_is_refused_with_those_that_are_taken()
    {
        var problem = await api.SendAsync(HttpMethod.Post, $"{Schedules}/import", "schedules: []", HttpStatusCode.UnsupportedMediaType, "text/csv");
        Assert.Contains("application/yaml", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        problem = await api.SendAsync(HttpMethod.Post, $"{Schedules}/import-crontab", "{}", HttpStatusCode.UnsupportedMediaType);
        Assert.Contains("text/plain", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        problem = await api.SendAsync(HttpMethod.Post, $"{Schedules}/import", "schedules: []" + new string(' ', 17_000_000), HttpStatusCode.RequestEntityTooLarge, "text/yaml");
        Assert.Contains("16 MiB", problem.GetProperty("errors").GetProperty("body")[0].GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crontab_is_said_in_words_and_becomes_paused_commands()
    {
        const string crontab = """
            # nightly copy
            30 2 * * 1-5 /opt/backup.sh --full
            CRON_TZ=Asia/Tokyo
            @daily /opt/report.sh
            61 * * * * never
            MAILTO=ops@example.org
            """;

        var dry = await CrontabAsync(crontab, "?dryRun=true&form=user&timeZone=Europe/Berlin");
        Assert.Equal([2, 4], Lines(dry, "schedules"));
        Assert.Equal([5], Lines(dry, "refused"));
        Assert.Equal([6], Lines(dry, "notes"));
        Assert.Equal("At 02:30 on weekdays, Europe/Berlin", dry.GetProperty("schedules")[0].GetProperty("cadenceText").GetString());
        Assert.Equal("At 00:00 every day, Asia/Tokyo", dry.GetProperty("schedules")[1].GetProperty("cadenceText").GetString());
        Assert.Equal(JsonValueKind.String, dry.GetProperty("schedules")[0].GetProperty("nextAt").ValueKind);
        var notice = dry.GetProperty("notice");
        Assert.Contains("2 commands are not allowed yet", notice.GetProperty("text").GetString(), StringComparison.Ordinal);
        Assert.Equal(2, JsonDocument.Parse(notice.GetProperty("copy")[0].GetProperty("code").GetString()!).RootElement.GetProperty("Command").GetProperty("Allow").GetArrayLength());
        Assert.Contains("Command__Allow__1__Arguments__1='/opt/report.sh'", notice.GetProperty("copy")[1].GetProperty("code").GetString(), StringComparison.Ordinal);
        await api.GetAsync($"{Schedules}/backup-sh", HttpStatusCode.NotFound);

        await CrontabAsync(crontab, "?form=user&timeZone=Europe/Berlin");
        var made = await api.GetAsync($"{Schedules}/backup-sh");
        Assert.False(made.GetProperty("enabled").GetBoolean());
        Assert.StartsWith("nightly copy", made.GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal("/opt/backup.sh --full", made.GetProperty("options").GetProperty("arguments")[1].GetString());

        var again = await CrontabAsync(crontab.Replace("@daily", "@weekly", StringComparison.Ordinal), "?form=user&timeZone=Europe/Berlin");
        Assert.Equal(
            [("backup-sh", "unchanged"), ("report-sh-2", "create")],
            again.GetProperty("schedules").EnumerateArray().Select(line => (line.GetProperty("key").GetString()!, line.GetProperty("action").GetString()!)));
    }

    [Theory]
    [InlineData("form=root", "form", "user, system")]
    [InlineData("timeZone=Europe/Berln", "timeZone", "Europe/Berlin")]
    [InlineData("dryRun=1", "dryRun", "true or false")]
    public async Task A_crontab_whose_parameters_are_not_right_is_refused(string query, string field, string right)
    {
        var problem = await api.SendAsync(HttpMethod.Post, $"{Schedules}/import-crontab?{query}", "@daily x", HttpStatusCode.BadRequest, "text/plain");

        Assert.Contains(right, string.Join(' ', problem.GetProperty("errors").GetProperty(field).EnumerateArray()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_are_described_with_their_types()
    {
        var paths = (await api.GetAsync("/openapi/v1.json")).GetProperty("paths");
        var content = paths.GetProperty($"{Schedules}/import").GetProperty("post").GetProperty("requestBody").GetProperty("content");
        Assert.True(content.TryGetProperty("application/yaml", out _) && content.TryGetProperty("application/json", out _));
        Assert.True(paths.GetProperty($"{Schedules}/import-crontab").GetProperty("post").GetProperty("requestBody").GetProperty("content").TryGetProperty("text/plain", out _));
    }

    private static IEnumerable<int> Lines(JsonElement answer, string list) => answer.GetProperty(list).EnumerateArray().Select(line => line.GetProperty("line").GetInt32());

    private Task<JsonElement> ImportAsync(string file, string query = "", string type = "application/yaml") =>
        api.SendAsync(HttpMethod.Post, $"{Schedules}/import{query}", file, HttpStatusCode.OK, type);

    private Task<JsonElement> CrontabAsync(string text, string query) =>
        api.SendAsync(HttpMethod.Post, $"{Schedules}/import-crontab{query}", text, HttpStatusCode.OK, "text/plain");
}
