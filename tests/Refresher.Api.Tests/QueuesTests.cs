using System.Net;
using System.Text.Json;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Api.Tests;

/// <summary>Queues paused and resumed over the Api. It has an Api of its own: to hold all dispatch would stand in others' way.</summary>
public sealed class QueuesTests(ApiHost api) : IClassFixture<ApiHost>
{
    [Fact]
    public async Task A_paused_queue_says_since_when_by_whom_and_why_and_its_runs_wait_with_the_reason()
    {
        var hold = await api.PostAsync("/api/v1/queues/slow/pause", """{"reason": "the printer is out of paper"}""", HttpStatusCode.OK);
        Assert.Equal(("first key", false), (hold.GetProperty("by").GetString(), hold.GetProperty("all").GetBoolean()));
        var id = (await api.PostAsync("/api/v1/runs", """{"kind": "hello", "queue": "slow"}""", HttpStatusCode.Accepted)).GetProperty("ids")[0].GetString();
        await using var engine = await EngineHost.StartAsync(api.Database, TaskCatalog.Kinds, "scheduler,worker", ("Node:Name", "both"), ("Worker:Queues:0", "default"), ("Worker:Queues:1", "slow"));
        await RunToTheEndAsync("default");

        var run = await api.GetAsync($"/api/v1/runs/{id}");
        Assert.Equal(("queued", "The queue 'slow' is paused by first key: the printer is out of paper"), (run.GetProperty("state").GetString(), run.GetProperty("held").GetString()));
        var queue = await QueueAsync("slow");
        Assert.Equal("the printer is out of paper", queue.GetProperty("held").GetProperty("reason").GetString());
        Assert.Equal(1, queue.GetProperty("waiting").GetInt32());
        Assert.Equal(JsonValueKind.Null, (await QueueAsync("default")).GetProperty("held").ValueKind);

        await api.PostAsync("/api/v1/queues/slow/resume", null, HttpStatusCode.OK);
        run = await EndedAsync(id!);
        Assert.InRange(run.GetProperty("blocked").GetDouble(), 0.1, run.GetProperty("lateness").GetDouble());
        Assert.Equal(JsonValueKind.Null, run.GetProperty("held").ValueKind);
        await Eventually.SeeAsync(() => QueueAsync("slow"), seen => seen.GetProperty("ended").GetProperty("hour").GetInt32() >= 1);
    }

    [Fact]
    public async Task All_dispatch_is_held_and_resumed()
    {
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync("/api/v1/system")).GetProperty("held").ValueKind);

        var held = (await api.PostAsync("/api/v1/system/pause", null, HttpStatusCode.OK)).GetProperty("held");

        Assert.True(held.GetProperty("all").GetBoolean());
        Assert.True((await QueueAsync("default")).GetProperty("held").GetProperty("all").GetBoolean());
        var resumed = await api.PostAsync("/api/v1/queues/default/resume", null, HttpStatusCode.OK);
        Assert.True(resumed.GetProperty("held").GetProperty("all").GetBoolean());
        await api.PostAsync("/api/v1/system/resume", null, HttpStatusCode.OK);
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync("/api/v1/system")).GetProperty("held").ValueKind);
        var acts = (await api.GetAsync("/api/v1/audit?action=system")).GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()!);
        Assert.Equal(["system.resume", "system.pause"], acts);
    }

    [Theory]
    [InlineData("/api/v1/queues/No_Good/pause", null, "name", "lower-case")]
    [InlineData("/api/v1/queues/No_Good/resume", null, "name", "lower-case")]
    [InlineData("/api/v1/queues/*/pause", null, "name", "/system/pause")]
    [InlineData("/api/v1/queues/*/resume", null, "name", "/system/pause")]
    [InlineData("/api/v1/queues/slow/pause", """{"reason": 1}""", "reason", "a text")]
    [InlineData("/api/v1/queues/slow/pause", """{"because": "x"}""", "because", "There is no such field")]
    [InlineData("/api/v1/system/pause", """{"reason": "a\u0000b"}""", "reason", "NUL")]
    public async Task A_wrong_name_or_reason_is_refused_and_named(string path, string? json, string field, string right) =>
        Assert.Contains(right, await api.RefusedAsync(HttpMethod.Post, path, json, field), StringComparison.Ordinal);

    [Fact]
    public async Task A_reason_that_is_too_long_is_refused() =>
        Assert.Contains("500", await api.RefusedAsync(HttpMethod.Post, "/api/v1/queues/slow/pause", $$"""{"reason": "{{new string('x', 501)}}"}""", "reason"), StringComparison.Ordinal);

    private async Task RunToTheEndAsync(string queue)
    {
        var ids = (await api.PostAsync("/api/v1/runs", $$"""{"kind": "hello", "queue": "{{queue}}"}""", HttpStatusCode.Accepted)).GetProperty("ids");
        await EndedAsync(ids[0].GetString()!);
    }

    private Task<JsonElement> EndedAsync(string id) => Eventually.SeeAsync(() => api.GetAsync($"/api/v1/runs/{id}"), run => run.GetProperty("finishedAt").ValueKind != JsonValueKind.Null);

    private async Task<JsonElement> QueueAsync(string name) =>
        (await api.GetAsync("/api/v1/queues")).GetProperty("items").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == name);
}
