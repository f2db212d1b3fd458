using System.Net;
using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>Calendars from their making to their end, and what schedules show of them.</summary>
[Collection(SharedApi.Name)]
public sealed class CalendarsTests(ApiHost api)
{
    private const string Calendars = "/api/v1/calendars";

    [Fact]
    public async Task A_calendar_is_made_shown_listed_replaced_and_deleted()
    {
        var made = await MakeAsync("made", """["12-25 # Christmas Day", "sat,sun 22:00-06:00"]""");
        Assert.Equal("Europe/Berlin", made.GetProperty("timeZone").GetString());
        Assert.Equal("12-25 # Christmas Day", (await api.GetAsync($"{Calendars}/made")).GetProperty("rules")[0].GetString());
        Assert.Contains("made", (await api.GetAsync($"{Calendars}?limit=500")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("name").GetString()));

        var replaced = await api.SendAsync(HttpMethod.Put, $"{Calendars}/made", """{"rules": ["mon-fri 09:00-17:00"], "only": true}""", HttpStatusCode.OK);
        Assert.Equal(("UTC", true), (replaced.GetProperty("timeZone").GetString(), replaced.GetProperty("only").GetBoolean()));

        await api.SendAsync(HttpMethod.Delete, $"{Calendars}/made", null, HttpStatusCode.NoContent);
        await api.GetAsync($"{Calendars}/made", HttpStatusCode.NotFound);
        await api.SendAsync(HttpMethod.Delete, $"{Calendars}/made", null, HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Its_name_is_unique_and_stays()
    {
        await MakeAsync("unique", """["sun"]""");
        Assert.Contains("already", await api.RefusedAsync(HttpMethod.Post, Calendars, """{"name": "unique", "rules": ["sun"]}""", "name"), StringComparison.Ordinal);
        Assert.Contains("stays 'unique'", await api.RefusedAsync(HttpMethod.Put, $"{Calendars}/unique", """{"name": "other", "rules": ["sun"]}""", "name"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_month_shows_what_is_excluded_when_and_why()
    {
        await MakeAsync("month", """["12-25", "22:00-06:00 # night"]""");
        var days = (await api.GetAsync($"{Calendars}/month/month?month=2026-12")).GetProperty("days");
        Assert.Equal(31, days.GetArrayLength());
        Assert.Equal("""[{"from":"00:00","to":"06:00","why":"night: 22:00 to 06:00"},{"from":"22:00","to":"24:00","why":"night: 22:00 to 06:00"}]""", days[0].GetProperty("excluded").GetRawText());
        Assert.Equal("""[{"from":"00:00","to":"24:00","why":"25 December"}]""", days[24].GetProperty("excluded").GetRawText());

        var unsaved = await api.PostAsync($"{Calendars}/preview", """{"rules": ["mon-fri"], "only": true, "month": "2026-11"}""", HttpStatusCode.OK);
        Assert.Equal("outside its times", unsaved.GetProperty("days")[0].GetProperty("excluded")[0].GetProperty("why").GetString()); // a Sunday
    }

    [Fact]
    public async Task A_calendar_in_use_is_not_deleted_and_the_schedules_are_named()
    {
        await MakeAsync("in-use", """["12-25"]""");
        await ScheduleAsync("Uses it", "in-use");
        Assert.Equal("uses-it", (await api.GetAsync($"{Calendars}/in-use")).GetProperty("schedules")[0].GetString());

        var refused = await api.SendAsync(HttpMethod.Delete, $"{Calendars}/in-use", null, HttpStatusCode.Conflict);
        Assert.Contains("uses-it", refused.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await api.SendAsync(HttpMethod.Patch, "/api/v1/schedules/uses-it", """{"calendars": []}""", HttpStatusCode.OK, "application/merge-patch+json");
        await api.SendAsync(HttpMethod.Delete, $"{Calendars}/in-use", null, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_schedule_cannot_refer_to_a_calendar_that_is_not_there()
    {
        await MakeAsync("there", """["sun"]""");
        var said = await api.RefusedAsync(
            HttpMethod.Post, "/api/v1/schedules", """{"name": "a", "kind": "hello", "calendars": ["nowhere"], "cadence": {"type": "every", "every": "01:00:00"}}""", "calendars");
        Assert.Contains("no calendar 'nowhere'", said, StringComparison.Ordinal);
        Assert.Contains("there", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Previews_say_what_is_skipped_and_why()
    {
        await MakeAsync("christmas", """["12-25"]""");
        var preview = await api.PostAsync(
            "/api/v1/schedules/preview",
            """{"cadence": {"type": "cron", "cron": "0 2 * * *", "timeZone": "Europe/Berlin"}, "calendars": ["christmas"], "from": "2026-12-24T12:00:00Z", "count": 2}""", HttpStatusCode.OK);
        Assert.Equal("skipped, blackout: calendar 'christmas' (25 December)", preview.GetProperty("occurrences")[0].GetProperty("note").GetString());
        Assert.Equal(JsonValueKind.Null, preview.GetProperty("occurrences")[1].GetProperty("note").ValueKind);
    }

    private Task<JsonElement> MakeAsync(string name, string rules) =>
        api.PostAsync(Calendars, $$"""{"name": "{{name}}", "timeZone": "Europe/Berlin", "rules": {{rules}}}""", HttpStatusCode.Created);

    private Task<JsonElement> ScheduleAsync(string name, string calendar) => api.PostAsync(
        "/api/v1/schedules", $$$"""{"name": "{{{name}}}", "kind": "hello", "calendars": ["{{{calendar}}}"], "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
}
