using System.Net;
using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>Runs found again, in lists and in files.</summary>
[Collection(SharedApi.Name)]
public sealed class RunHistoryTests(ApiHost api)
{
    [Fact]
    public async Task Filters_of_the_list_hold_for_the_files_too()
    {
        await api.PostAsync("/api/v1/schedules", """{"key": "filed", "name": "Filed", "kind": "hello", "tags": ["files"], "enabled": false, "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        var run = (await api.PostAsync("/api/v1/schedules/filed/run", null, HttpStatusCode.Accepted)).GetProperty("id").GetString();
        await api.PostAsync($"/api/v1/runs/{run}/cancel", null, HttpStatusCode.OK);

        foreach (var filter in (string[])["schedule=filed", "tag=files&state=cancelled,failed", "text=FILE&state=cancelled", "schedule=filed&trigger=manual&in=log&text=cancelled"])
        {
            var listed = await api.GetAsync("/api/v1/runs?" + filter);
            Assert.Equal(run, Assert.Single(listed.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());
            Assert.Equal(JsonValueKind.Null, listed.GetProperty("searchedTo").ValueKind);

            var line = (await api.Client.GetStringAsync("/api/v1/runs/export?format=json&" + filter)).TrimEnd();
            Assert.Equal(("cancelled", "filed"), (JsonElement.Parse(line).GetProperty("state").GetString(), JsonElement.Parse(line).GetProperty("scheduleKey").GetString()));
        }

        Assert.Empty((await api.GetAsync("/api/v1/runs?schedule=filed&late=0")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task A_file_says_what_it_is()
    {
        using var csv = await api.Client.GetAsync("/api/v1/runs/export?limit=1");
        using var json = await api.Client.GetAsync("/api/v1/runs/export?format=json&limit=1");

        Assert.Equal(("text/csv", "runs.csv"), (csv.Content.Headers.ContentType!.MediaType, csv.Content.Headers.ContentDisposition!.FileName));
        Assert.Equal(("application/x-ndjson", "runs.jsonl"), (json.Content.Headers.ContentType!.MediaType, json.Content.Headers.ContentDisposition!.FileName));
    }

    [Fact]
    public async Task Figures_are_there_by_hour_and_by_day_and_for_a_schedule()
    {
        await api.PostAsync("/api/v1/schedules", """{"key": "figured", "name": "Figured", "kind": "hello", "enabled": false, "retention": {"succeeded": "2.00:00:00"}, "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created);
        var run = (await api.PostAsync("/api/v1/schedules/figured/run", null, HttpStatusCode.Accepted)).GetProperty("id").GetString();
        await api.PostAsync($"/api/v1/runs/{run}/cancel", null, HttpStatusCode.OK);

        var hours = (await api.GetAsync("/api/v1/runs/statistics?schedule=figured")).GetProperty("items").EnumerateArray().ToArray();
        var days = (await api.GetAsync("/api/v1/runs/statistics?by=day&kind=hello")).GetProperty("items").EnumerateArray().ToArray();

        Assert.InRange(hours.Length, 24, 26);
        Assert.Equal((1, 0), (hours.Sum(hour => hour.GetProperty("states").GetProperty("cancelled").GetInt32()), hours.Sum(hour => hour.GetProperty("states").GetProperty("succeeded").GetInt32())));
        Assert.Equal(JsonValueKind.Null, hours[0].GetProperty("lateness").GetProperty("p99").ValueKind);
        Assert.InRange(days.Length, 30, 32);
        Assert.InRange(days.Sum(day => day.GetProperty("total").GetInt32()), 1, int.MaxValue);
        await api.GetAsync("/api/v1/runs/statistics?schedule=no-such-key", HttpStatusCode.NotFound);
        var schedule = await api.GetAsync("/api/v1/schedules/figured");
        Assert.Equal(("2.00:00:00", "2.00:00:00", "90.00:00:00"), (schedule.GetProperty("retention").GetProperty("succeeded").GetString(),
            schedule.GetProperty("effective").GetProperty("retention").GetString(), schedule.GetProperty("effective").GetProperty("failureRetention").GetString()));
    }
}
