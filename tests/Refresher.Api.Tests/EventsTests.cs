using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Refresher.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class EventsTests(ApiHost api)
{
    [Fact]
    public async Task A_consumer_is_shown_with_its_lag_and_is_set_back()
    {
        // What others write to the same log comes before it, and is no matter of this consumer.
        await ConsumerAsync("behind", "(SELECT COALESCE(max(position), 0) FROM outbox)");
        await ExecuteAsync("INSERT INTO outbox (bucket, id, topic, type, key, at, payload) SELECT 3, gen_random_uuid(), 'refresher.runs', 'a.b', 'k', now() - interval '1 minute', '{}' FROM generate_series(1, 5)");

        var shown = await ShownAsync("behind");
        Assert.InRange(shown.GetProperty("lag").GetInt64(), 5, 100_000);
        Assert.InRange(shown.GetProperty("age").GetDouble(), 59, 3600);
        await ExecuteAsync("UPDATE event_positions SET position = (SELECT max(position) FROM outbox), failing = 'no luck', failing_since = now(), tries = 3 WHERE reader = 'behind'");
        Assert.Equal("no luck", (await ShownAsync("behind")).GetProperty("failing").GetString());

        var again = await api.SendAsync(HttpMethod.Post, "/api/v1/events/consumers/behind/replay", """{"from": "2020-01-01T00:00:00Z"}""", HttpStatusCode.OK);
        Assert.InRange(again.GetProperty("lag").GetInt64(), 5, 100_000);
        Assert.Equal(System.Text.Json.JsonValueKind.Null, again.GetProperty("failing").ValueKind);
        Assert.Contains("consumer.replay", (await api.GetAsync("/api/v1/audit?subject=behind")).GetRawText(), StringComparison.Ordinal);

        await api.SendAsync(HttpMethod.Post, "/api/v1/events/consumers/nobody/replay", null, HttpStatusCode.NotFound);
        var problem = await api.SendAsync(HttpMethod.Post, "/api/v1/events/consumers/behind/replay", """{"from": "2200-01-01T00:00:00Z"}""", HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty("from", out _), problem.GetRawText());
    }

    [Fact]
    public async Task A_dead_letter_is_listed_asked_to_be_tried_again_and_thrown_away()
    {
        var (one, two) = (Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(50)), Guid.CreateVersion7(DateTimeOffset.UnixEpoch.AddYears(51)));
        await LetterAsync(one, "sorter");
        await LetterAsync(two, "sorter");

        var listed = (await api.GetAsync("/api/v1/events/dead-letters?consumer=sorter&limit=1")).GetProperty("items").EnumerateArray().Single();
        Assert.Equal((two, "not today", "{\"a\":1}"), (listed.GetProperty("id").GetGuid(), listed.GetProperty("reason").GetString(), listed.GetProperty("payload").GetString()));
        await api.SendAsync(HttpMethod.Post, $"/api/v1/events/dead-letters/{one}/replay", null, HttpStatusCode.Accepted);
        Assert.NotEqual(System.Text.Json.JsonValueKind.Null, (await api.GetAsync("/api/v1/events/dead-letters?consumer=sorter")).GetProperty("items")[1].GetProperty("replayAt").ValueKind);
        Assert.Equal(1, (await api.SendAsync(HttpMethod.Post, "/api/v1/events/dead-letters/replay", """{"consumer": "sorter"}""", HttpStatusCode.OK)).GetProperty("count").GetInt32());
        await api.SendAsync(HttpMethod.Delete, $"/api/v1/events/dead-letters/{one}", null, HttpStatusCode.NoContent);
        await api.SendAsync(HttpMethod.Delete, $"/api/v1/events/dead-letters/{one}", null, HttpStatusCode.NotFound);
        Assert.Contains("dead-letter.delete", (await api.GetAsync($"/api/v1/audit?subject={one}")).GetRawText(), StringComparison.Ordinal);
    }

    private async Task<System.Text.Json.JsonElement> ShownAsync(string name) =>
        (await api.GetAsync("/api/v1/events")).GetProperty("consumers").EnumerateArray().Single(consumer => consumer.GetProperty("name").GetString() == name);

    private Task ConsumerAsync(string name, string position) => ExecuteAsync($"""
        INSERT INTO event_readers (name, log, topics, seen_at) VALUES ('{name}', 'outbox', ARRAY['refresher.runs'], now());
        INSERT INTO event_positions (reader, bucket, position, moved_at, tries, alone) SELECT '{name}', b, {position}, now(), 0, 0 FROM generate_series(0, 15) b;
        """);

    private Task LetterAsync(Guid id, string consumer) => ExecuteAsync($"""
        INSERT INTO dead_letters (id, consumer, event_id, topic, type, key, at, payload, reason, attempts, set_aside_at)
        VALUES ('{id}', '{consumer}', gen_random_uuid(), 'refresher.runs', 'a.b', 'k', now(), '{Convert.ToHexString("{\"a\":1}"u8).Insert(0, "\\x")}', 'not today', 6, now())
        """);

    private async Task ExecuteAsync(string sql)
    {
        await using var command = api.Services.GetRequiredService<NpgsqlDataSource>().CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}
