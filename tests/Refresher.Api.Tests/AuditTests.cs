using System.Net;
using System.Text.Json;

namespace Refresher.Api.Tests;

/// <summary>Who did what, read over the Api.</summary>
[Collection(SharedApi.Name)]
public sealed class AuditTests(ApiHost api)
{
    private const string Audit = "/api/v1/audit";

    [Fact]
    public async Task A_change_over_the_Api_is_listed_under_the_name_of_its_key()
    {
        var id = (await api.PostAsync("/api/v1/schedules", """{"name": "Audited", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created)).GetProperty("id").GetString();
        await api.SendAsync(HttpMethod.Patch, $"/api/v1/schedules/{id}", """{"priority": 0}""", HttpStatusCode.OK);

        var items = (await api.GetAsync($"{Audit}?subject={id}")).GetProperty("items");

        Assert.Equal(2, items.GetArrayLength());
        Assert.Equal("schedule.update", items[0].GetProperty("action").GetString());
        Assert.Equal(("first key", "apiKey"), (items[0].GetProperty("actor").GetString(), items[0].GetProperty("actorKind").GetString()));
        Assert.Equal("audited", items[0].GetProperty("subject").GetProperty("name").GetString());
        Assert.Equal("""{"priority": 2}""", items[0].GetProperty("before").GetRawText());
        Assert.Equal(0, items[0].GetProperty("after").GetProperty("priority").GetInt32());
        Assert.Equal(JsonValueKind.Null, items[1].GetProperty("before").ValueKind);
    }

    [Fact]
    public async Task Entries_are_filtered_and_read_page_by_page()
    {
        var id = (await api.PostAsync("/api/v1/schedules", """{"name": "Leafed", "kind": "hello", "cadence": {"type": "every", "every": "01:00:00"}}""", HttpStatusCode.Created)).GetProperty("id").GetString();
        await api.PostAsync($"/api/v1/schedules/{id}/pause", null, HttpStatusCode.OK);
        await api.PostAsync($"/api/v1/schedules/{id}/resume", null, HttpStatusCode.OK);

        Assert.Equal(["schedule.pause"], await ActionsAsync($"subject={id}&action=schedule.pause"));
        Assert.Equal(3, (await ActionsAsync($"subject={id}&action=schedule")).Length);
        Assert.Empty(await ActionsAsync($"subject={id}&action=sched"));
        Assert.Empty(await ActionsAsync($"subject={id}&actor=nobody"));
        Assert.Empty(await ActionsAsync($"subject={id}&to=2020-01-01T00:00:00Z"));
        Assert.Equal(3, (await ActionsAsync($"subject={id}&from=2020-01-01T00:00:00Z")).Length);
        var first = await api.GetAsync($"{Audit}?subject={id}&limit=2");
        Assert.Equal(["schedule.create"], await ActionsAsync($"subject={id}&after={first.GetProperty("next").GetString()}"));
    }

    [Theory]
    [InlineData("from=yesterday", "from", "instant")]
    [InlineData("to=2026-01-01", "to", "instant")]
    [InlineData("after=1", "after", "page")]
    [InlineData("limit=0", "limit", "1 to 500")]
    [InlineData("actor=%00", "actor", "NUL")]
    [InlineData("action=%00", "action", "NUL")]
    [InlineData("subject=%00", "subject", "NUL")]
    [InlineData("who=me", "who", "actor")]
    public async Task A_wrong_filter_is_refused_and_named(string query, string field, string right) =>
        Assert.Contains(right, await api.RefusedAsync(HttpMethod.Get, $"{Audit}?{query}", null, field), StringComparison.Ordinal);

    private async Task<string[]> ActionsAsync(string query) =>
        [.. (await api.GetAsync($"{Audit}?{query}")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()!)];
}
