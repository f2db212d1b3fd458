using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Refresher.Core.Contract;
using Refresher.Core.Limits;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Api.Tests;

/// <summary>Every field of every input has a wrong value here, and a message that names it and says what is right.</summary>
[Collection(SharedApi.Name)]
public sealed class BadFieldTests(ApiHost api)
{
    private const string Long101 = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    private const string Every = """{"type": "every", "every": "01:00:00"}""";

    /// <summary>Inputs by name: where they are sent, and one that is right.</summary>
    private static readonly Dictionary<string, (string Path, string Right, Type? Type)> Inputs = new()
    {
        ["schedule"] = ("schedules", $$"""{"name": "bad fields", "kind": "hello", "cadence": {{Every}} }""", typeof(ScheduleInput)),
        ["retry"] = ("schedules", $$"""{"name": "bad fields", "kind": "hello", "cadence": {{Every}}, "retry": {} }""", typeof(RetryPolicy)),
        ["retention"] = ("schedules", $$"""{"name": "bad fields", "kind": "hello", "cadence": {{Every}}, "retention": {} }""", typeof(RetentionPolicy)),
        ["limit"] = ("limits/kind/hello", """{"concurrency": 1, "rate": 1, "per": "00:00:01"}""", typeof(LimitInput)),
        ["cadence"] = ("schedules", $$"""{"name": "bad fields", "kind": "hello", "cadence": {} }""", null),
        ["run"] = ("runs", """{"kind": "hello"}""", typeof(RunInput)),
        ["continueWith"] = ("runs", """{"kind": "hello", "continueWith": [{"kind": "hello"}]}""", typeof(ContinuationInput)),
        ["preview"] = ("schedules/preview", $$"""{"cadence": {{Every}} }""", null),
        ["calendar"] = ("calendars", """{"name": "bad-fields", "rules": ["sun"]}""", typeof(CalendarInput)),
        ["month"] = ("calendars/preview", """{"rules": ["sun"]}""", null),
        ["backfill"] = ("schedules/bad-fields-backfill/backfill", """{"from": "2026-11-01T00:00:00Z", "to": "2026-11-02T00:00:00Z", "dryRun": true}""", typeof(BackfillInput)),
    };

    /// <summary>The input, the field as it is written, the wrong value as JSON, the field that the answer blames, and a part of what it says.</summary>
    public static TheoryData<string, string, string, string, string> Rows => new()
    {
        { "schedule", "key", "\"No Good\"", "key", "lower-case letters" },
        { "schedule", "key", $"\"{Long101}\"", "key", "at most 100" },
        { "schedule", "name", "null", "name", "needed" },
        { "schedule", "name", $"\"{Long101}{Long101}\"", "name", "at most 200" },
        { "schedule", "name", "\"a\\u0000\"", "name", "NUL" },
        { "schedule", "description", "7", "description", "a text" },
        { "schedule", "description", "\"\\u0000\"", "description", "NUL" },
        { "schedule", "owner", "[]", "owner", "a text" },
        { "schedule", "owner", "\"\\u0000\"", "owner", "NUL" },
        { "schedule", "tags", "\"a\"", "tags", "list" },
        { "schedule", "tags", "[\"\"]", "tags", "1 to 50 characters" },
        { "schedule", "tags", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\",\"12\",\"13\",\"14\",\"15\",\"16\",\"17\",\"18\",\"19\",\"20\",\"21\"]", "tags", "at most 20" },
        { "schedule", "kind", "null", "kind", "GET /api/v1/kinds" },
        { "schedule", "kind", "\"hullo\"", "kind", "There are: " },
        { "schedule", "options", "{\"failFirst\": -1}", "options.failFirst", "between 0 and 10" },
        { "schedule", "options", "7", "options", "object" },
        { "schedule", "cadence", "null", "cadence", "an object like" },
        { "schedule", "cadence", "\"daily\"", "cadence", "an object like" },
        { "schedule", "queue", "\"A B\"", "queue", "lower-case letters" },
        { "schedule", "queue", $"\"{Long101}\"", "queue", "at most 100" },
        { "schedule", "priority", "5", "priority", "0 (first) to 4" },
        { "schedule", "priority", "-1", "priority", "0 (first) to 4" },
        { "schedule", "priority", "1.5", "priority", "number" },
        { "schedule", "enabled", "\"yes\"", "enabled", "true or false" },
        { "schedule", "startAt", "\"2027-01-01\"", "startAt", "an instant like" },
        { "schedule", "endAt", "\"tomorrow\"", "endAt", "an instant like" },
        { "schedule", "maxRuns", "0", "maxRuns", "1 or more" },
        { "schedule", "jitter", "\"2.00:00:00\"", "jitter", "00:00:00 to 1.00:00:00" },
        { "schedule", "jitter", "30", "jitter", "a duration like" },
        { "schedule", "misfire", "\"never\"", "misfire", "one of skip, runOnce, runAll" },
        { "schedule", "misfireWindow", "\"00:00:00\"", "misfireWindow", "00:00:01 to 366.00:00:00" },
        { "schedule", "overlap", "\"maybe\"", "overlap", "one of allow, skip" },
        { "schedule", "onLost", "\"cry\"", "onLost", "one of rerun, fail" },
        { "schedule", "expireAfter", "\"-00:00:01\"", "expireAfter", "00:00:01 to 366.00:00:00" },
        { "schedule", "lateAfter", "\"00:00:00\"", "lateAfter", "00:00:01 to 7.00:00:00" },
        { "schedule", "longAfter", "\"8.00:00:00\"", "longAfter", "00:00:01 to 7.00:00:00" },
        { "schedule", "timeout", "\"8.00:00:00\"", "timeout", "00:00:01 to 7.00:00:00" },
        { "schedule", "retry", "3", "retry", "an object" },
        { "schedule", "concurrencyKey", "\"\"", "concurrencyKey", "1 to 100 characters" },
        { "schedule", "concurrencyKey", "\"a b\"", "concurrencyKey", "letters, digits" },
        { "schedule", "continueWith", "[{\"on\": \"success\"}]", "continueWith[0]", "the key of another schedule" },
        { "schedule", "calendars", "[\"nowhere\"]", "calendars", "no calendar 'nowhere'" },
        { "schedule", "calendars", "[\"\"]", "calendars", "1 to 100 characters" },
        { "schedule", "calendars", "[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\",\"10\",\"11\"]", "calendars", "at most 10" },
        { "retry", "maxAttempts", "0", "retry.maxAttempts", "1 to 100" },
        { "retry", "delay", "\"8.00:00:00\"", "retry.delay", "00:00:00 to 7.00:00:00" },
        { "retry", "factor", "0.5", "retry.factor", "1 to 10" },
        { "retry", "maxDelay", "\"31.00:00:00\"", "retry.maxDelay", "00:00:00 to 30.00:00:00" },
        { "retry", "jitter", "1.5", "retry.jitter", "0 to 1" },
        { "retry", "delays", "[]", "retry.delays", "1 to 100 durations" },
        { "retry", "delays", "[\"soon\"]", "retry.delays[0]", "a duration like" },
        { "retry", "onlyOn", "[]", "retry.onlyOn", "1 to 20 names" },
        { "retry", "exceptOn", "[\"\"]", "retry.exceptOn", "HttpRequestException" },
        { "schedule", "retention", "7", "retention", "an object" },
        { "retention", "succeeded", "\"01:00:00\"", "retention.succeeded", "a day to 400 days" },
        { "retention", "others", "\"401.00:00:00\"", "retention.others", "a day to 400 days" },
        { "limit", "concurrency", "0", "concurrency", "1 to 100000" },
        { "limit", "rate", "10001", "rate", "1 to 10000" },
        { "limit", "per", "\"00:00:00\"", "per", "00:00:01 to 1.00:00:00" },
        { "cadence", "type", "\"weekly\"", "cadence.type", "every, cron, once or solar" },
        { "cadence", "every", "\"00:00:00.5\"", "cadence.every", "the shortest is 00:00:01" },
        { "cadence", "every", "\"367.00:00:00\"", "cadence.every", "the longest is 366" },
        { "cadence", "every", "\"5 minutes\"", "cadence.every", "hh:mm:ss" },
        { "cadence", "mode", "\"slow\"", "cadence.mode", "rate" },
        { "cadence", "cron", "\"* * * *\"", "cadence.cron", "it takes five" },
        { "cadence", "cron", "\"61 * * * *\"", "cadence.cron", "0 to 59" },
        { "cadence", "timeZone", "\"Europe/Berlim\"", "cadence.timeZone", "Europe/Berlin" },
        { "cadence", "at", "\"2027-01-31T08:00:00\"", "cadence.at", "with Z or an offset" },
        { "cadence", "event", "\"tea\"", "cadence.event", "sunrise" },
        { "cadence", "latitude", "91", "cadence.latitude", "-90 to 90" },
        { "cadence", "longitude", "\"east\"", "cadence.longitude", "degrees as a number" },
        { "cadence", "offset", "\"25:00:00\"", "cadence.offset", "hh:mm:ss" },
        { "run", "kind", "null", "kind", "GET /api/v1/kinds" },
        { "run", "options", "{\"nane\": 1}", "options.nane", "There are: " },
        { "run", "dueAt", "\"2999-01-01T00:00:00Z\"", "dueAt", "366 days" },
        { "run", "queue", "\"-\"", "queue", "lower-case letters" },
        { "run", "priority", "9", "priority", "0 (first) to 4" },
        { "run", "expireAfter", "\"00:00:00\"", "expireAfter", "00:00:01 to" },
        { "run", "timeout", "\"00:00:00\"", "timeout", "00:00:01 to" },
        { "run", "retry", "{\"maxAttempts\": 101}", "retry.maxAttempts", "1 to 100" },
        { "run", "concurrencyKey", "\" \"", "concurrencyKey", "letters, digits" },
        { "run", "uniqueKey", "\"\"", "uniqueKey", "1 to 200 characters" },
        { "run", "uniqueFor", "\"01:00:00\"", "uniqueFor", "uniqueKey" },
        { "run", "continueWith", "[{}]", "continueWith[0]", "either the key of a schedule or a kind" },
        { "run", "onLost", "\"cry\"", "onLost", "one of rerun, fail" },
        { "continueWith", "on", "\"monday\"", "continueWith[0].on", "one of success, failure, always" },
        { "continueWith", "schedule", "7", "continueWith[0].schedule", "a text" },
        { "continueWith", "kind", "\"hullo\"", "continueWith[0].kind", "There are: " },
        { "continueWith", "options", "{\"failFirst\": 11}", "continueWith[0].options.failFirst", "between 0 and 10" },
        { "continueWith", "continueWith", "[{}]", "continueWith[0].continueWith[0]", "either the key of a schedule or a kind" },
        { "preview", "cadence", "null", "cadence", "an object such as" },
        { "preview", "count", "0", "count", "1 to 1000" },
        { "preview", "from", "\"now\"", "from", "an instant like" },
        { "preview", "calendars", "[\"nowhere\"]", "calendars", "no calendar 'nowhere'" },
        { "calendar", "name", "null", "name", "needed" },
        { "calendar", "name", "\"Public Holidays\"", "name", "lower-case letters" },
        { "calendar", "description", "\"\\u0000\"", "description", "NUL" },
        { "calendar", "timeZone", "\"Europe/Berlim\"", "timeZone", "Europe/Berlin" },
        { "calendar", "only", "1", "only", "true or false" },
        { "calendar", "rules", "[]", "rules", "1 to 1000 lines" },
        { "calendar", "rules", "[\"sun\", \"someday\"]", "rules[1]", "mon, tue" },
        { "calendar", "rules", "[\"32-12\"]", "rules[0]", "2026-12-25" },
        { "calendar", "rules", "[null]", "rules[0]", "Days like" },
        { "month", "month", "\"December\"", "month", "a month like 2026-12" },
        { "month", "timeZone", "\"Mars\"", "timeZone", "IANA" },
        { "month", "rules", "null", "rules", "1 to 1000 lines" },
        { "month", "only", "\"no\"", "only", "true or false" },
        { "backfill", "from", "null", "from", "an instant like" },
        { "backfill", "from", "\"2001-01-01T00:00:00Z\"", "from", "last 90 days" },
        { "backfill", "to", "null", "to", "an instant like" },
        { "backfill", "to", "\"2026-10-31T00:00:00Z\"", "to", "after from" },
        { "backfill", "to", "\"2999-01-01T00:00:00Z\"", "to", "not be after now" },
        { "backfill", "dryRun", "\"yes\"", "dryRun", "true or false" },
        { "backfill", "limit", "10001", "limit", "1 to 10000" },
        { "backfill", "priority", "5", "priority", "0 (first) to 4" },
    };

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task A_wrong_value_is_refused_by_the_name_of_its_field_with_what_is_right(string input, string field, string wrong, string blamed, string right)
    {
        if (input == "backfill")
        {
            await EnsureScheduleAsync();
        }

        var said = await api.RefusedAsync(input == "limit" ? HttpMethod.Put : HttpMethod.Post, "/api/v1/" + Inputs[input].Path, Spoilt(input, field, wrong), blamed);
        Assert.True(said.Contains(right, StringComparison.Ordinal), said);
    }

    [Fact]
    public void Every_field_of_an_input_has_a_row()
    {
        var covered = Rows.Select(row => (Input: (string)row[0], Field: (string)row[1])).ToHashSet();
        foreach (var (name, (_, _, type)) in Inputs.Where(input => input.Value.Type is not null))
        {
            var fields = type!.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name));
            Assert.All(fields, field => Assert.True(covered.Contains((name, field)), $"{type.Name}.{field} has no row in BadFieldTests."));
        }

        string[] cadence = ["type", "every", "mode", "cron", "timeZone", "at", "event", "latitude", "longitude", "offset"];
        Assert.All(cadence, field => Assert.True(covered.Contains(("cadence", field)), $"cadence.{field} has no row."));
    }

    [Theory]
    [InlineData("schedules/bad-fields-backfill/occurrences?limit=0", "limit", "1 to 500")]
    [InlineData("schedules/bad-fields-backfill/occurrences?order=upwards", "order", "one of latestFirst, earliestFirst")]
    [InlineData("schedules/bad-fields-backfill/occurrences?from=yesterday", "from", "an instant like")]
    [InlineData("schedules/bad-fields-backfill/occurrences?to=2026-01-01", "to", "an instant like")]
    [InlineData("schedules/bad-fields-backfill/occurrences?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z", "to", "after from")]
    [InlineData("schedules/bad-fields-backfill/occurrences?after=nowhere", "after", "an instant like")]
    [InlineData("schedules/bad-fields-backfill/occurrences?colour=red", "colour", "There are: limit, after, order, from, to")]
    [InlineData("calendars?limit=many", "limit", "1 to 500")]
    [InlineData("calendars?after=a%00b", "after", "without NUL")]
    [InlineData("calendars?colour=red", "colour", "There are: limit, after")]
    [InlineData("calendars/bad-fields/month?month=2026-13", "month", "a month like 2026-12")]
    [InlineData("schedules?enabled=perhaps", "enabled", "true or false")]
    [InlineData("runs?state=done", "state", "scheduled")]
    public async Task A_wrong_parameter_is_refused_with_what_is_right(string path, string field, string right) =>
        Assert.Contains(right, await api.RefusedAsync(HttpMethod.Get, "/api/v1/" + path, null, field), StringComparison.Ordinal);

    private static string Spoilt(string input, string field, string wrong)
    {
        var body = JsonNode.Parse(Inputs[input].Right)!.AsObject();
        var target = input switch
        {
            "retry" or "retention" => body[input]!.AsObject(),
            "cadence" => Cadence(body, field),
            "continueWith" => Following(body, field),
            _ => body,
        };
        target[field] = JsonNode.Parse(wrong);
        return body.ToJsonString();
    }

    /// <summary>A cadence of the type that has the field, right but for it.</summary>
    private static JsonObject Cadence(JsonObject body, string field)
    {
        var right = field switch
        {
            "cron" or "timeZone" => """{"type": "cron", "cron": "0 2 * * *"}""",
            "at" => """{"type": "once"}""",
            "event" or "latitude" or "longitude" or "offset" => """{"type": "solar", "event": "sunrise", "latitude": 52.5, "longitude": 13.4}""",
            _ => Every,
        };
        body["cadence"] = JsonNode.Parse(right);
        return body["cadence"]!.AsObject();
    }

    private static JsonObject Following(JsonObject body, string field)
    {
        var next = body["continueWith"]![0]!.AsObject();
        if (field == "schedule")
        {
            next.Remove("kind");
        }

        return next;
    }

    /// <summary>Made by the first row that needs it.</summary>
    private async Task EnsureScheduleAsync()
    {
        using var request = new StringContent("""{"name": "x", "key": "bad-fields-backfill", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", System.Text.Encoding.UTF8, "application/json");
        using var answer = await api.Client.PostAsync("/api/v1/schedules", request);
    }
}
