using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Refresher.Testing;

namespace Refresher.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class AlertsTests(ApiHost api)
{
    private const string Channels = "/api/v1/channels", Rules = "/api/v1/rules", Deliveries = "/api/v1/deliveries";

    [Fact]
    public async Task A_channel_is_made_shown_without_its_secrets_changed_and_deleted()
    {
        var made = await api.PostAsync(Channels, """{"name": "mail", "kind": "email", "settings": {"host": "localhost", "user": "u", "password": "very-secret", "from": "a@example.org", "to": ["b@example.org"]}}""", HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString();

        Assert.DoesNotContain("very-secret", made.GetRawText(), StringComparison.Ordinal);
        Assert.Equal("********", (await api.GetAsync($"{Channels}/{id}")).GetProperty("settings").GetProperty("password").GetString());
        Assert.Equal("b@example.org", made.GetProperty("goes").GetString());

        var changed = await api.SendAsync(HttpMethod.Put, $"{Channels}/{id}", """{"name": "mail", "enabled": false, "settings": {"host": "mail.example.org", "user": "u", "password": "********", "from": "a@example.org", "to": ["c@example.org"]}}""", HttpStatusCode.OK);
        Assert.False(changed.GetProperty("enabled").GetBoolean());
        Assert.Equal("********", changed.GetProperty("settings").GetProperty("password").GetString());
        Assert.Contains((await api.GetAsync(Channels)).GetProperty("items").EnumerateArray(), channel => channel.GetProperty("id").GetString() == id);
        var audit = await api.GetAsync($"/api/v1/audit?subject={id}");
        Assert.Equal(["channel.update", "channel.create"], audit.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));
        Assert.DoesNotContain("very-secret", audit.GetRawText(), StringComparison.Ordinal);

        await api.SendAsync(HttpMethod.Delete, $"{Channels}/{id}", null, HttpStatusCode.NoContent);
        await api.GetAsync($"{Channels}/{id}", HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("""{"kind": "webhook", "settings": {"url": "https://example.org"}}""", "name")]
    [InlineData("""{"name": "x", "kind": "pigeon", "settings": {}}""", "kind")]
    [InlineData("""{"name": "x", "kind": "webhook", "settings": {}}""", "settings.url")]
    [InlineData("""{"name": "x", "kind": "webhook", "settings": {"url": "ftp://example.org"}}""", "settings.url")]
    [InlineData("""{"name": "x", "kind": "webhook", "settings": {"url": "https://example.org", "template": "custom", "body": "{\"a\": \"{{nonsense}}\"}"}}""", "settings.body")]
    [InlineData("""{"name": "x", "kind": "webhook", "settings": {"url": "https://example.org", "template": "telegram"}}""", "settings.target")]
    [InlineData("""{"name": "x", "kind": "webhook", "settings": {"url": "https://example.org", "nonsense": 1}}""", "settings.nonsense")]
    [InlineData("""{"name": "x", "kind": "webhook", "settings": {"url": "https://example.org", "secretHeader": "********"}}""", "settings.secretHeader")]
    [InlineData("""{"name": "x", "kind": "sms-africas-talking", "settings": {"username": "sandbox", "apiKey": "k", "to": ["0711"]}}""", "settings.to")]
    public async Task A_wrong_channel_names_its_field(string body, string field) => await api.RefusedAsync(HttpMethod.Post, Channels, body, field);

    [Theory]
    [InlineData("""{"conditions": ["run.failed"], "channels": ["$"]}""", "name")]
    [InlineData("""{"name": "r", "conditions": [], "channels": ["$"]}""", "conditions")]
    [InlineData("""{"name": "r", "conditions": ["run.nonsense"], "channels": ["$"]}""", "conditions")]
    [InlineData("""{"name": "r", "conditions": ["run.failed"], "channels": []}""", "channels")]
    [InlineData("""{"name": "r", "conditions": ["run.failed"], "channels": ["01950000-0000-7000-8000-000000000001"]}""", "channels")]
    [InlineData("""{"name": "r", "conditions": ["run.failed"], "channels": ["$"], "after": "2.00:00:00"}""", "after")]
    [InlineData("""{"name": "r", "conditions": ["run.late"], "channels": ["$"], "times": 3}""", "times")]
    [InlineData("""{"name": "r", "conditions": ["run.failed"], "channels": ["$"], "quietHours": {"timeZone": "Mars/Olympus", "from": "22:00", "to": "06:00"}}""", "quietHours.timeZone")]
    [InlineData("""{"name": "r", "conditions": ["run.failed"], "channels": ["$"], "quietHours": {"from": "22", "to": "06:00"}}""", "quietHours.from")]
    [InlineData("""{"name": "r", "conditions": ["run.failed"], "channels": ["$"], "quietHours": {"from": "22:00", "to": "06:00", "days": ["monday"]}}""", "quietHours.days")]
    public async Task A_wrong_rule_names_its_field(string body, string field)
    {
        var channel = await ChannelAsync("https://example.org");

        await api.RefusedAsync(HttpMethod.Post, Rules, body.Replace("$", channel, StringComparison.Ordinal), field);
    }

    [Fact]
    public async Task A_channel_in_use_is_kept_until_its_rule_is_gone()
    {
        var channel = await ChannelAsync("https://example.org");
        var made = await api.PostAsync(Rules, $$$"""{"name": "{{{Guid.NewGuid():N}}}", "conditions": ["run.failed", "worker.gone"], "channels": ["{{{channel}}}"], "times": 3, "quietHours": {"from": "22:00", "to": "06:00"}}""", HttpStatusCode.Created);
        var rule = made.GetProperty("id").GetString();
        Assert.Equal(("UTC", 3), (made.GetProperty("quietHours").GetProperty("timeZone").GetString(), made.GetProperty("times").GetInt32()));

        await api.SendAsync(HttpMethod.Delete, $"{Channels}/{channel}", null, HttpStatusCode.Conflict);
        await api.SendAsync(HttpMethod.Put, $"{Rules}/{rule}", $$"""{"name": "{{Guid.NewGuid():N}}", "conditions": ["run.late"], "channels": ["{{channel}}"], "enabled": false}""", HttpStatusCode.OK);
        await api.SendAsync(HttpMethod.Delete, $"{Rules}/{rule}", null, HttpStatusCode.NoContent);
        await api.GetAsync($"{Rules}/{rule}", HttpStatusCode.NotFound);
        await api.SendAsync(HttpMethod.Delete, $"{Channels}/{channel}", null, HttpStatusCode.NoContent);
    }

    [Fact]
    public async Task A_test_answers_with_the_provider_s_answer_and_is_among_the_deliveries()
    {
        await using var server = await FakeHttpServer.StartAsync(async http =>
        {
            http.Response.StatusCode = 403;
            await http.Response.WriteAsync("not today");
        });
        var channel = await ChannelAsync(server.Url.ToString());

        var answer = await api.PostAsync($"{Channels}/{channel}/test", null, HttpStatusCode.OK);

        Assert.Equal((false, "refused", 403, "403 Forbidden: not today"), (answer.GetProperty("sent").GetBoolean(), answer.GetProperty("outcome").GetString(), answer.GetProperty("status").GetInt32(), answer.GetProperty("answer").GetString()));
        var delivery = Assert.Single((await api.GetAsync($"{Deliveries}?channel={channel}&state=failed&notice=test")).GetProperty("items").EnumerateArray().ToArray());
        Assert.Equal(JsonValueKind.Null, delivery.GetProperty("message").ValueKind);
        var id = delivery.GetProperty("id").GetString();
        Assert.Equal("Test of Refresher", (await api.GetAsync($"{Deliveries}/{id}")).GetProperty("message").GetProperty("title").GetString());

        var again = await api.PostAsync($"{Deliveries}/{id}/retry", null, HttpStatusCode.Accepted);
        Assert.Equal(("pending", 0), (again.GetProperty("state").GetString(), again.GetProperty("attempts").GetInt32()));
        await api.RefusedAsync(HttpMethod.Get, $"{Deliveries}?state=nonsense", null, "state");
    }

    [Fact]
    public async Task Kinds_and_conditions_can_be_listed()
    {
        var kinds = (await api.GetAsync($"{Channels}/kinds")).GetProperty("items").EnumerateArray().ToArray();
        Assert.Equal(["email", "webhook", "sms-africas-talking", "sms-http"], kinds.Select(kind => kind.GetProperty("name").GetString()));
        Assert.True(kinds[0].GetProperty("settings").GetProperty("properties").GetProperty("password").GetProperty("writeOnly").GetBoolean());

        var conditions = (await api.GetAsync($"{Rules}/conditions")).GetProperty("items").EnumerateArray();
        Assert.True(conditions.Single(condition => condition.GetProperty("name").GetString() == "run.failed").GetProperty("counted").GetBoolean());
    }

    private async Task<string> ChannelAsync(string url) =>
        (await api.PostAsync(Channels, $$$"""{"name": "{{{Guid.NewGuid():N}}}", "kind": "webhook", "settings": {"url": "{{{url}}}"}}""", HttpStatusCode.Created)).GetProperty("id").GetString()!;
}
