using System.Diagnostics;
using System.Net;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Refresher.Tasks;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Api.Tests;

/// <summary>Runs asked for over the Api and executed by a worker.</summary>
[Collection(SharedApi.Name)]
public sealed class RunsTests(ApiHost api, ITestOutputHelper output)
{
    private const string Runs = "/api/v1/runs";

    [Fact]
    public async Task A_run_is_executed_and_shown_with_its_attempts_and_its_log()
    {
        await using var engine = await EngineHost.StartAsync(api.Database, TaskCatalog.Kinds);
        var id = await StartAsync("""{"kind": "hello", "options": {"name": "Api", "failFirst": 1}, "retry": {"maxAttempts": 2, "delay": "00:00:00.1"}}""");
        var run = await EndedAsync(id);
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal("Hello, Api!", run.GetProperty("output").GetProperty("greeting").GetString());
        Assert.Equal(2, run.GetProperty("attempt").GetInt32());
        Assert.Equal("retry", Assert.Single(run.GetProperty("attempts").EnumerateArray()).GetProperty("outcome").GetString());
        Assert.Equal("api", run.GetProperty("trigger").GetString());
        Assert.InRange(run.GetProperty("lateness").GetDouble(), 0, 30);
        Assert.Equal(0, run.GetProperty("blocked").GetDouble());
        foreach (var instant in new[] { "dueAt", "readyAt", "queuedAt", "startedAt", "finishedAt" })
        {
            Assert.EndsWith("Z", run.GetProperty(instant).GetString(), StringComparison.Ordinal);
        }

        var log = (await api.GetAsync($"{Runs}/{id}/logs?level=information")).GetProperty("items");
        Assert.Equal("Hello, Api!", log[log.GetArrayLength() - 1].GetProperty("message").GetString());
    }

    [Fact]
    public async Task A_followed_log_brings_the_lines_there_are_then_new_ones_then_the_end_and_goes_on_where_it_was_cut()
    {
        var id = await StartAsync("""{"kind": "hello", "options": {"failFirst": 1}, "retry": {"maxAttempts": 2, "delay": "00:00:01"}}""");
        var following = FollowAsync(id, null);
        await using var engine = await EngineHost.StartAsync(api.Database, TaskCatalog.Kinds);
        var events = (await following.WaitAsync(TimeSpan.FromSeconds(60))).Where(item => item.EventType != "heartbeat").ToArray();

        var lines = events.Where(item => item.EventType == "message").ToArray();
        Assert.NotEmpty(lines);
        Assert.Contains(lines, line => line.Data.Contains("Hello, world!", StringComparison.Ordinal));
        Assert.Equal("end", events[^1].EventType);
        Assert.Equal("succeeded", JsonSerializer.Deserialize<JsonElement>(events[^1].Data).GetProperty("state").GetString());
        Assert.All(lines, line => Assert.Equal(line.EventId, JsonSerializer.Deserialize<JsonElement>(line.Data).GetProperty("seq").GetRawText()));

        var resumed = await FollowAsync(id, lines[0].EventId);
        Assert.Equal(lines.Skip(1).Select(line => line.EventId), resumed.Where(item => item.EventType == "message").Select(item => item.EventId));
    }

    [Fact]
    public async Task A_follower_hears_a_line_well_before_the_next_look()
    {
        await using var engine = await EngineHost.StartAsync(api.Database, TaskCatalog.Kinds);
        var delays = new List<TimeSpan>();
        for (var i = 0; i < 5; i++)
        {
            var id = await StartAsync("""{"kind": "hello"}""");
            var events = await FollowAsync(id, null);
            delays.Add(TimeProvider.System.GetUtcNow() - (await api.GetAsync($"{Runs}/{id}")).GetProperty("finishedAt").GetDateTimeOffset());
            Assert.Contains(events, item => item.EventType == "end");
        }

        Assert.True(delays.Min() < TimeSpan.FromSeconds(1), string.Join(", ", delays));
    }

    [Fact]
    public async Task Twenty_thousand_runs_are_taken_in_one_request()
    {
        var json = "[" + string.Join(",", Enumerable.Range(0, 20_000).Select(i => $$"""{"kind": "hello", "queue": "bulk", "options": {"name": "n{{i}}"} }""")) + "]";
        var clock = Stopwatch.StartNew();
        var ids = (await api.PostAsync(Runs, json, HttpStatusCode.Accepted)).GetProperty("ids");
        output.WriteLine($"20,000 runs taken in {clock.ElapsedMilliseconds} ms");
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(10), $"{clock.Elapsed}");
        Assert.Equal(20_000, ids.EnumerateArray().Select(id => id.GetGuid()).Distinct().Count());

        var last = await api.GetAsync($"{Runs}/{ids[19_999].GetString()}");
        Assert.Equal("n19999", last.GetProperty("options").GetProperty("name").GetString());
        var bulk = (await api.GetAsync("/api/v1/queues")).GetProperty("items").EnumerateArray().Single(queue => queue.GetProperty("name").GetString() == "bulk");
        Assert.Equal(20_000, bulk.GetProperty("waiting").GetInt64());
        Assert.True(bulk.GetProperty("oldestAge").GetDouble() >= 0);
    }

    [Fact]
    public async Task All_runs_of_a_request_are_made_or_none()
    {
        var before = await CountAsync();
        await api.RefusedAsync(HttpMethod.Post, Runs, """[{"kind": "hello", "queue": "none"}, {"kind": "nothing", "queue": "none"}]""", "[1].kind");
        Assert.Equal(before, await CountAsync());

        async Task<int> CountAsync() => (await api.GetAsync($"{Runs}?queue=none")).GetProperty("items").GetArrayLength();
    }

    [Fact]
    public async Task A_run_that_waits_is_cancelled_and_repeated()
    {
        var id = await StartAsync("""{"kind": "hello", "queue": "nobody", "priority": 1}""");
        var cancelled = await api.PostAsync($"{Runs}/{id}/cancel", null, HttpStatusCode.OK);
        Assert.Equal("cancelled", cancelled.GetProperty("state").GetString());
        Assert.Contains("first key", cancelled.GetProperty("reason").GetString(), StringComparison.Ordinal);
        await api.PostAsync($"{Runs}/{id}/cancel", null, HttpStatusCode.Conflict);

        var repeated = await api.PostAsync($"{Runs}/{id}/retry", null, HttpStatusCode.Accepted);
        Assert.Equal(id, repeated.GetProperty("parentId").GetString());
        Assert.Equal("rerun", repeated.GetProperty("trigger").GetString());
        await api.PostAsync($"{Runs}/{repeated.GetProperty("id").GetString()}/retry", null, HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task Runs_are_listed_by_filters_page_by_page_from_the_latest()
    {
        var ids = new List<string?>();
        foreach (var minute in Enumerable.Range(0, 5))
        {
            ids.Insert(0, await StartAsync($$"""{"kind": "hello", "queue": "listed", "dueAt": "{{TimeProvider.System.GetUtcNow().AddMinutes(10 + minute):O}}"}"""));
        }

        var seen = new List<string?>();
        string? next = null;
        do
        {
            var page = await api.GetAsync($"{Runs}?queue=listed&state=scheduled&limit=2{(next is null ? "" : $"&after={next}")}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(run => run.GetProperty("id").GetString()));
            next = page.GetProperty("next").GetString();
        }
        while (next is not null);

        Assert.Equal(ids, seen);
        var dueAt = (await api.GetAsync($"{Runs}/{ids[2]}")).GetProperty("dueAt").GetString();
        Assert.Equal(ids[2], (await api.GetAsync($"{Runs}?queue=listed&from={dueAt}")).GetProperty("items")[2].GetProperty("id").GetString());
        Assert.Equal(2, (await api.GetAsync($"{Runs}?queue=listed&to={dueAt}")).GetProperty("items").GetArrayLength());
        Assert.Empty((await api.GetAsync($"{Runs}?queue=listed&to=0001-01-01T00:00:00Z")).GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Workers_are_listed_with_what_they_do()
    {
        await using var engine = await EngineHost.StartAsync(api.Database, TaskCatalog.Kinds, "worker", ("Node:Name", "seen"), ("Worker:Concurrency", "3"));
        var worker = await Eventually.SeeAsync(
            async () => (await api.GetAsync("/api/v1/workers")).GetProperty("items").EnumerateArray().FirstOrDefault(node => node.GetProperty("name").GetString()!.StartsWith("seen.", StringComparison.Ordinal)),
            node => node.ValueKind == JsonValueKind.Object);
        Assert.Equal(3, worker.GetProperty("concurrency").GetInt32());
        Assert.Equal("running", worker.GetProperty("state").GetString());
        var others = await Eventually.SeeAsync(async () => (await api.GetAsync("/api/v1/workers?role=api")).GetProperty("items"), items => items.GetArrayLength() > 0);
        Assert.All(others.EnumerateArray(), node => Assert.Equal("api", node.GetProperty("role").GetString()));
    }

    private async Task<string> StartAsync(string json) => (await api.PostAsync(Runs, json, HttpStatusCode.Accepted)).GetProperty("ids")[0].GetString()!;

    private Task<JsonElement> EndedAsync(string id) => Eventually.SeeAsync(() => api.GetAsync($"{Runs}/{id}"), run => run.GetProperty("finishedAt").ValueKind == JsonValueKind.String);

    private async Task<List<SseItem<string>>> FollowAsync(string id, string? after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{Runs}/{id}/logs?follow=true");
        if (after is not null)
        {
            request.Headers.Add("Last-Event-ID", after);
        }

        using var response = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        var events = new List<SseItem<string>>();
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            events.Add(item);
        }

        return events;
    }
}
