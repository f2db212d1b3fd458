using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core.Access;
using Refresher.Core.Schedules;

namespace Refresher.Api.Tests;

/// <summary>Secret options go in and never come out.</summary>
[Collection(SharedApi.Name)]
public sealed class SecretsTests(ApiHost api)
{
    private const string Secret = "Authorization: Bearer api-s3cret";

    [Fact]
    public async Task A_secret_is_masked_in_every_answer_and_what_was_read_may_be_sent_back()
    {
        var made = await api.PostAsync("/api/v1/schedules", Body("with-a-secret", Secret), HttpStatusCode.Created);
        var stored = await StoredAsync("with-a-secret");

        await api.SendAsync(HttpMethod.Put, "/api/v1/schedules/with-a-secret", made.ToString(), HttpStatusCode.OK);
        await api.SendAsync(HttpMethod.Patch, "/api/v1/schedules/with-a-secret", """{"description": "changed"}""", HttpStatusCode.OK, "application/merge-patch+json");
        var run = await api.PostAsync("/api/v1/schedules/with-a-secret/run", """{"options": {"url": "http://localhost/other", "secretHeader": "********"}}""", HttpStatusCode.Accepted);

        Assert.StartsWith(OptionSecrets.Prefix, stored, StringComparison.Ordinal);
        Assert.Equal(stored, await StoredAsync("with-a-secret"));
        foreach (var path in (string[])["schedules/with-a-secret", "schedules", $"runs/{run.GetProperty("id").GetString()}", "runs", "runs/export", "runs/export?format=json"])
        {
            var text = await api.Client.GetStringAsync("/api/v1/" + path);
            Assert.DoesNotContain("s3cret", text, StringComparison.Ordinal);
            Assert.DoesNotContain(OptionSecrets.Prefix, text, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mask_for_something_new_is_refused() => Assert.Contains(
        "give the secret itself", await api.RefusedAsync(HttpMethod.Post, "/api/v1/schedules", Body("new-with-a-mask", "********"), "options.secretHeader"), StringComparison.Ordinal);

    private static string Body(string key, string secret) =>
        $$"""{"key": "{{key}}", "name": "A", "kind": "http-request", "options": {"url": "http://localhost/", "secretHeader": "{{secret}}"}, "enabled": false, "cadence": {"type": "every", "every": "01:00:00"} }""";

    private async Task<string> StoredAsync(string key)
    {
        await using var scope = api.Services.CreateAsyncScope();
        var schedule = await scope.ServiceProvider.GetRequiredService<ScheduleQueries>().FindAsync(key, default);
        return (string)JsonNode.Parse(schedule!.Options)!["secretHeader"]!;
    }
}
