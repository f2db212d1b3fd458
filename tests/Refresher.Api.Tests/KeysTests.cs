using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Testing;

namespace Refresher.Api.Tests;

[Collection(SharedApi.Name)]
public sealed class KeysTests(ApiHost api)
{
    private const string Keys = "/api/v1/keys";

    [Fact]
    public async Task A_key_is_shown_once_used_and_withdrawn()
    {
        var name = $"robot {Guid.NewGuid():N}";
        var made = await api.PostAsync(Keys, $$"""{"name": "{{name}}", "role": "operator", "expiresAt": "2999-01-01T00:00:00Z"}""", HttpStatusCode.Created);
        var (id, text) = (made.GetProperty("id").GetString()!, made.GetProperty("key").GetString()!);

        Assert.Equal(JsonValueKind.Null, (await api.GetAsync($"{Keys}/{id}")).GetProperty("key").ValueKind);
        Assert.DoesNotContain(text, (await api.GetAsync(Keys)).GetRawText(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, await AskAsync(text));
        Assert.NotEqual(JsonValueKind.Null, (await api.GetAsync($"{Keys}/{id}")).GetProperty("lastUsedAt").ValueKind);

        await api.SendAsync(HttpMethod.Delete, $"{Keys}/{id}", null, HttpStatusCode.NoContent);
        await Eventually.SeeAsync(() => AskAsync(text), status => status == HttpStatusCode.Unauthorized, seconds: 60);
        await api.SendAsync(HttpMethod.Delete, $"{Keys}/{id}", null, HttpStatusCode.NotFound);

        var audit = await api.GetAsync($"/api/v1/audit?subject={id}");
        Assert.Equal(["key.revoke", "key.create"], audit.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));
        Assert.All(audit.GetProperty("items").EnumerateArray(), entry => Assert.Equal("first key", entry.GetProperty("actor").GetString()));
        Assert.DoesNotContain(text, audit.GetRawText(), StringComparison.Ordinal);
        Assert.DoesNotContain(Convert.ToHexString(ApiKey.HashOf(text)), audit.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_database_has_no_key_in_it()
    {
        var made = await api.PostAsync(Keys, $$"""{"name": "{{Guid.NewGuid():N}}", "role": "viewer"}""", HttpStatusCode.Created);
        await using var scope = api.Services.CreateAsyncScope();
        var row = await scope.ServiceProvider.GetRequiredService<RefresherDb>().ApiKeys.SingleAsync(key => key.Id == made.GetProperty("id").GetGuid());

        Assert.Equal(ApiKey.HashOf(made.GetProperty("key").GetString()!), row.Hash);
    }

    [Fact]
    public async Task An_expired_key_is_refused_at_its_instant()
    {
        var text = ApiKey.Generate();
        await using var scope = api.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RefresherDb>();
        var now = scope.ServiceProvider.GetRequiredService<TimeProvider>().GetUtcNow();
        db.Add(new ApiKey { Id = Guid.CreateVersion7(), Name = $"old {Guid.NewGuid():N}", Hash = ApiKey.HashOf(text), Role = Roles.Admin, CreatedAt = now.AddDays(-2), ExpiresAt = now.AddSeconds(-1) });
        var soon = ApiKey.Generate();
        db.Add(new ApiKey { Id = Guid.CreateVersion7(), Name = $"soon {Guid.NewGuid():N}", Hash = ApiKey.HashOf(soon), Role = Roles.Admin, CreatedAt = now, ExpiresAt = now.AddMinutes(10) });
        await db.SaveChangesAsync();

        Assert.Equal(HttpStatusCode.Unauthorized, await AskAsync(text));
        Assert.Equal(HttpStatusCode.OK, await AskAsync(soon));
    }

    [Theory]
    [InlineData("""{"role": "viewer"}""", "name")]
    [InlineData("""{"name": "x"}""", "role")]
    [InlineData("""{"name": "x", "role": "root"}""", "role")]
    [InlineData("""{"name": "x", "role": "viewer", "expiresAt": "2001-01-01T00:00:00Z"}""", "expiresAt")]
    [InlineData("""{"name": "first key", "role": "viewer"}""", "name")]
    [InlineData("""{"name": "a\nb", "role": "viewer"}""", "name")]
    public async Task What_is_wrong_names_its_field(string body, string field) => await api.RefusedAsync(HttpMethod.Post, Keys, body, field);

    private async Task<HttpStatusCode> AskAsync(string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/kinds") { Headers = { Authorization = new AuthenticationHeaderValue("Bearer", key) } };
        using var answer = await api.Stranger.SendAsync(request);
        return answer.StatusCode;
    }
}
