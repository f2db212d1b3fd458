using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>Due times of the past that are made up for, and what is told of them.</summary>
[Collection(SharedApi.Name)]
public sealed class BackfillTests(ApiHost api)
{
    // No scheduler runs here: what is made stays scheduled.
    private static readonly DateTimeOffset Noon = new(DateTimeOffset.UtcNow.Date.AddDays(-1).AddHours(12), TimeSpan.Zero);

    [Fact]
    public async Task A_dry_run_lists_what_would_be_made_and_makes_nothing()
    {
        await MakeAsync("backfill-dry", "0 * * * *");

        var dry = await BackfillAsync("backfill-dry", 0, 3, """, "dryRun": true""");

        Assert.Equal((3, 3, 0), (dry.GetProperty("found").GetInt32(), dry.GetProperty("made").GetInt32(), dry.GetProperty("existing").GetInt32()));
        Assert.Equal([At(0), At(1), At(2)], dry.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("dueAt").GetString()));
        Assert.Contains("whatever the overlap policy says", dry.GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Empty(await RunsAsync("backfill-dry"));
    }

    [Fact]
    public async Task What_is_made_twice_is_there_once()
    {
        await MakeAsync("backfill-twice", "0 * * * *");

        var first = await BackfillAsync("backfill-twice", 0, 2, "");
        var second = await BackfillAsync("backfill-twice", 0, 3, "");

        Assert.Equal((2, 1, 2), (first.GetProperty("made").GetInt32(), second.GetProperty("made").GetInt32(), second.GetProperty("existing").GetInt32()));
        var runs = await RunsAsync("backfill-twice");
        Assert.Equal([At(2), At(1), At(0)], runs.Select(run => run.GetProperty("dueAt").GetString()));
        Assert.All(runs, run => Assert.Equal(("backfill", "scheduled", 4), (run.GetProperty("trigger").GetString(), run.GetProperty("state").GetString(), run.GetProperty("priority").GetInt32())));
    }

    [Fact]
    public async Task A_limit_makes_the_earliest_and_a_calendar_leaves_out_what_it_excludes()
    {
        await api.PostAsync("/api/v1/calendars", """{"name": "one-o-clock", "rules": ["13:00-14:00"]}""", HttpStatusCode.Created);
        await MakeAsync("limited-backfill", "0 * * * *", """, "calendars": ["one-o-clock"]""");

        var made = await BackfillAsync("limited-backfill", 0, 6, """, "limit": 2""");

        Assert.Equal((6, 2, 1), (made.GetProperty("found").GetInt32(), made.GetProperty("made").GetInt32(), made.GetProperty("excluded").GetInt32()));
        Assert.Contains("blackout: calendar 'one-o-clock'", made.GetProperty("items")[1].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal([At(2), At(0)], (await RunsAsync("limited-backfill")).Select(run => run.GetProperty("dueAt").GetString()));
    }

    [Fact]
    public async Task A_range_of_too_many_due_times_is_refused_with_their_number()
    {
        await MakeAsync("backfill-seconds", "* * * * * *");
        var range = $$"""{"from": "{{Noon.AddHours(-3):yyyy-MM-ddTHH:mm:ssZ}}", "to": "{{Noon:yyyy-MM-ddTHH:mm:ssZ}}"}""";
        var said = await api.RefusedAsync(HttpMethod.Post, "/api/v1/schedules/backfill-seconds/backfill", range, "to");
        Assert.Contains("10800 due times; at most 10000", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_fixed_delay_there_is_nothing_to_make_up_for()
    {
        await api.PostAsync("/api/v1/schedules", """{"name": "backfill-delay", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00", "mode": "delay"}}""", HttpStatusCode.Created);
        var range = $$"""{"from": "{{Noon:yyyy-MM-ddTHH:mm:ssZ}}", "to": "{{Noon.AddHours(1):yyyy-MM-ddTHH:mm:ssZ}}"}""";
        var refused = await api.PostAsync("/api/v1/schedules/backfill-delay/backfill", range, HttpStatusCode.Conflict);
        Assert.Contains("fixed delay", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Occurrences_go_page_by_page_in_both_directions_without_a_hole()
    {
        await MakeAsync("backfill-pages", "0 * * * *");
        await BackfillAsync("backfill-pages", 0, 5, "");

        var back = await PagesAsync("backfill-pages", $"limit=2&to={At(6)}");
        Assert.Equal([At(4), At(3), At(2), At(1), At(0)], back);
        var forth = await PagesAsync("backfill-pages", $"order=earliestFirst&limit=2&from={At(0)}&to={At(5)}");
        Assert.Equal(back.AsEnumerable().Reverse(), forth);

        var coming = (await api.GetAsync("/api/v1/schedules/backfill-pages/occurrences?order=earliestFirst&limit=3")).GetProperty("items");
        Assert.Equal(3, coming.GetArrayLength());
        Assert.All(coming.EnumerateArray(), item => Assert.Equal(("coming", "it is due then"), (item.GetProperty("outcome").GetString(), item.GetProperty("why").GetString())));
        Assert.NotEqual(JsonValueKind.Null, (await api.GetAsync("/api/v1/schedules/backfill-pages/occurrences?order=earliestFirst&limit=3")).GetProperty("next").ValueKind);
    }

    private async Task<string[]> PagesAsync(string key, string query)
    {
        var (due, after) = (new List<string>(), "");
        do
        {
            var page = await api.GetAsync($"/api/v1/schedules/{key}/occurrences?{query}{after}");
            due.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("dueAt").GetString()!));
            after = page.GetProperty("next").GetString() is { } next ? "&after=" + Uri.EscapeDataString(next) : "";
        }
        while (after.Length > 0 && due.Count < 100);
        return [.. due];
    }

    private Task<JsonElement> BackfillAsync(string key, int from, int to, string more) =>
        api.PostAsync($"/api/v1/schedules/{key}/backfill", $$"""{"from": "{{At(from)}}", "to": "{{At(to)}}" {{more}} }""", HttpStatusCode.OK);

    private Task<JsonElement> MakeAsync(string name, string cron, string more = "") =>
        api.PostAsync("/api/v1/schedules", $$$"""{"name": "{{{name}}}", "kind": "hello", "cadence": {"type": "cron", "cron": "{{{cron}}}"}{{{more}}}}""", HttpStatusCode.Created);

    private async Task<IReadOnlyList<JsonElement>> RunsAsync(string key)
    {
        var id = (await api.GetAsync($"/api/v1/schedules/{key}")).GetProperty("id").GetString();
        return [.. (await api.GetAsync($"/api/v1/runs?scheduleId={id}")).GetProperty("items").EnumerateArray()];
    }

    private static string At(int hours) => Noon.AddHours(hours).ToString("yyyy-MM-ddTHH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
