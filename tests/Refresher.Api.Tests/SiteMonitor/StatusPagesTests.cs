using System.Net;
using System.Text.Json;
using Refresher.Testing;

namespace Refresher.Api.Tests.SiteMonitor;

/// <summary>What is public, set over the Api and asked for without a key.</summary>
[Collection(SharedApi.Name)]
public sealed class StatusPagesTests(ApiHost api)
{
    private const string Page = "/api/v1/status-pages/main";

    [Fact]
    public async Task Sites_are_put_on_the_page_published_ordered_and_taken_off()
    {
        var (one, two) = (await SiteAsync("one"), await SiteAsync("two"));
        var item = await PutAsync(one, """{"name": "Shop", "slug": "shop-one", "section": "Sales", "badges": true}""");
        Assert.Equal(["/badge/shop-one/status.svg", "/badge/shop-one/uptime.svg"], item.GetProperty("badgePaths").EnumerateArray().Select(path => path.GetString()));
        await PutAsync(two, """{"name": "Shop"}""");
        var page = await api.GetAsync(Page);
        Assert.Equal([one, two], page.GetProperty("sites").EnumerateArray().Select(site => site.GetProperty("siteKey").GetString()).Where(key => key == one || key == two));
        Assert.Equal("shop", page.GetProperty("sites").EnumerateArray().Single(site => site.GetProperty("siteKey").GetString() == two).GetProperty("slug").GetString());

        page = await api.SendAsync(HttpMethod.Put, $"{Page}/order", $$"""{"sites": ["{{two}}", "{{one}}"]}""", HttpStatusCode.OK);
        Assert.Equal([two, one], page.GetProperty("sites").EnumerateArray().Take(2).Select(site => site.GetProperty("siteKey").GetString()));
        page = await api.SendAsync(HttpMethod.Patch, Page, """{"title": "Ours", "published": true}""", HttpStatusCode.OK);
        Assert.True(page.GetProperty("published").GetBoolean());
        var seen = await Eventually.SeeAsync(async () => await PublicAsync("/status.json"), text => text.Contains("shop-one", StringComparison.Ordinal));
        Assert.Equal("unknown", JsonSerializer.Deserialize<JsonElement>(seen).GetProperty("sites")[0].GetProperty("status").GetString());
        await Eventually.SeeAsync(async () => await PublicAsync("/badge/shop-one/status.svg"), svg => svg.Contains("unknown since", StringComparison.Ordinal));
        using var json = await api.Stranger.GetAsync("/status.json");
        Assert.Equal("*", json.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.True(json.Headers.CacheControl is { Public: true });

        await api.SendAsync(HttpMethod.Delete, $"{Page}/sites/{one}", null, HttpStatusCode.NoContent);
        await api.SendAsync(HttpMethod.Delete, $"{Page}/sites/{one}", null, HttpStatusCode.NotFound);
        await Eventually.SeeAsync(async () => (await api.Stranger.GetAsync("/badge/shop-one/status.svg")).StatusCode, status => status == HttpStatusCode.NotFound);

        // A site that is deleted is public no more.
        await api.SendAsync(HttpMethod.Delete, $"/api/v1/sites/{two}", null, HttpStatusCode.NoContent);
        Assert.DoesNotContain(two, (await api.GetAsync(Page)).ToString(), StringComparison.Ordinal);
        await api.SendAsync(HttpMethod.Patch, Page, """{"published": false}""", HttpStatusCode.OK);
        await Eventually.SeeAsync(async () => (await api.Stranger.GetAsync("/status.json")).StatusCode, status => status == HttpStatusCode.NotFound);
        var audit = await api.GetAsync("/api/v1/audit?limit=100");
        Assert.All(["statusPage.add", "statusPage.order", "statusPage.update", "statusPage.remove"], action => Assert.Contains(action, audit.ToString(), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("{\"slug\": \"No Slug\"}", "slug")]
    [InlineData("{\"name\": \"\"}", "name")]
    [InlineData("{\"name\": \"   \"}", "name")]
    [InlineData("{\"section\": \"a\\u0000b\"}", "section")]
    [InlineData("{\"badge\": true}", "badge")]
    public async Task What_is_wrong_is_said_at_its_field(string json, string field)
    {
        var site = await SiteAsync("wrong");
        await api.RefusedAsync(HttpMethod.Put, $"{Page}/sites/{site}", json, field);
    }

    [Fact]
    public async Task A_slug_is_taken_once_and_only_what_is_on_the_page_can_be_ordered()
    {
        var (one, two) = (await SiteAsync("slug-one"), await SiteAsync("slug-two"));
        await PutAsync(one, """{"slug": "taken"}""");
        Assert.Contains("is taken", await api.RefusedAsync(HttpMethod.Put, $"{Page}/sites/{two}", """{"slug": "taken"}""", "slug"), StringComparison.Ordinal);
        Assert.Contains("not on the page", await api.RefusedAsync(HttpMethod.Put, $"{Page}/order", $$"""{"sites": ["{{two}}"]}""", "sites"), StringComparison.Ordinal);
        await api.RefusedAsync(HttpMethod.Put, $"{Page}/order", "{}", "sites");
        await api.SendAsync(HttpMethod.Put, $"{Page}/sites/no-such-site", "{}", HttpStatusCode.NotFound);
        using var stranger = await api.Stranger.GetAsync(Page);
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
    }

    private async Task<string> PublicAsync(string path) => await (await api.Stranger.GetAsync(path)).Content.ReadAsStringAsync();

    private Task<JsonElement> PutAsync(string site, string json) => api.SendAsync(HttpMethod.Put, $"{Page}/sites/{site}", json, HttpStatusCode.OK);

    /// <summary>A site that nobody checks here.</summary>
    private async Task<string> SiteAsync(string name)
    {
        var key = $"{name}-{Guid.NewGuid():N}";
        await api.PostAsync("/api/v1/sites", $$$"""{"key": "{{{key}}}", "name": "{{{name}}}", "check": {"target": "http://127.0.0.1:9/"}}""", HttpStatusCode.Created);
        return key;
    }
}
