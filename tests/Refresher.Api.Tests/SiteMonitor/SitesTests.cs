using System.Net;
using System.Text.Json;

namespace Refresher.Api.Tests.SiteMonitor;

[Collection(SharedApi.Name)]
public sealed class SitesTests(ApiHost api)
{
    private const string Sites = "/api/v1/sites";

    [Fact]
    public async Task A_site_is_made_listed_changed_paused_and_deleted()
    {
        var made = await api.PostAsync(Sites, """
            {"name": "Shop front", "group": "Shop", "tags": ["web"], "interval": "00:00:05", "check": {"kind": "http", "target": "http://127.0.0.1:9/", "http": {"mustMatch": "ok"}}}
            """, HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString();
        Assert.Equal(("shop-front", "pending"), (made.GetProperty("key").GetString(), made.GetProperty("state").GetProperty("status").GetString()));
        Assert.Equal("00:00:05", made.GetProperty("check").GetProperty("timeout").GetString());

        var listed = await api.GetAsync($"{Sites}?group=Shop&tag=web&state=pending&search=127.0.0.1");
        Assert.Equal(id, Assert.Single(listed.GetProperty("items").EnumerateArray()).GetProperty("id").GetString());

        var patched = await api.SendAsync(HttpMethod.Patch, $"{Sites}/shop-front", """{"failureThreshold": 3, "check": {"http": {"mustMatch": null}}}""", HttpStatusCode.OK);
        Assert.Equal((3, JsonValueKind.Null), (patched.GetProperty("failureThreshold").GetInt32(), patched.GetProperty("check").GetProperty("http").GetProperty("mustMatch").ValueKind));

        var paused = await api.PostAsync($"{Sites}/{id}/pause", null, HttpStatusCode.OK);
        Assert.Equal("paused", paused.GetProperty("state").GetProperty("status").GetString());
        await api.PostAsync($"{Sites}/{id}/check", null, HttpStatusCode.Conflict);
        var resumed = await api.PostAsync($"{Sites}/{id}/resume", null, HttpStatusCode.OK);
        Assert.Equal("pending", resumed.GetProperty("state").GetProperty("status").GetString());

        Assert.Equal(0, (await api.GetAsync($"{Sites}/{id}/checks")).GetProperty("items").GetArrayLength());
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync($"{Sites}/{id}/uptime")).GetProperty("day").ValueKind);
        Assert.Equal(0, (await api.GetAsync($"{Sites}/{id}/history?step=hour")).GetProperty("items").GetArrayLength());
        await api.SendAsync(HttpMethod.Delete, $"{Sites}/{id}", null, HttpStatusCode.NoContent);
        await api.GetAsync($"{Sites}/{id}", HttpStatusCode.NotFound);
        var audit = await api.GetAsync($"/api/v1/audit?subject={id}");
        Assert.Equal(
            ["site.delete", "site.resume", "site.pause", "site.update", "site.create"],
            audit.GetProperty("items").EnumerateArray().Select(entry => entry.GetProperty("action").GetString()));
    }

    [Fact]
    public async Task Secrets_are_masked_kept_when_sent_back_and_sealed_in_the_database()
    {
        var made = await api.PostAsync(Sites, """
            {"name": "Guarded", "check": {"kind": "http", "target": "https://example.org/", "http": {"headers": ["X-Token: open sesame"], "secret": "bearer-of-news"}}}
            """, HttpStatusCode.Created);
        var check = made.GetProperty("check").GetProperty("http");
        Assert.Equal(("X-Token: ********", "********"), (check.GetProperty("headers")[0].GetString(), check.GetProperty("secret").GetString()));

        var patched = await api.SendAsync(HttpMethod.Patch, $"{Sites}/guarded", """{"check": {"http": {"secret": "other-news"}}}""", HttpStatusCode.OK);
        Assert.DoesNotContain("sesame", patched.GetRawText(), StringComparison.Ordinal);
        await using var source = Npgsql.NpgsqlDataSource.Create(api.Database.ConnectionString);
        await using var look = source.CreateCommand("SELECT spec::text FROM sites WHERE key = 'guarded'");
        var stored = (string)(await look.ExecuteScalarAsync())!;
        Assert.Contains("X-Token: sealed:v1:", stored, StringComparison.Ordinal);
        Assert.DoesNotContain("news", stored, StringComparison.Ordinal);

        var audited = (await api.GetAsync("/api/v1/audit?subject=guarded&action=site.update")).GetRawText();
        Assert.Contains("(changed)", audited, StringComparison.Ordinal);
        Assert.DoesNotContain("other-news", audited, StringComparison.Ordinal);
        await api.RefusedAsync(HttpMethod.Post, Sites, """{"name": "Masked", "check": {"target": "https://example.org/", "http": {"secret": "********"}}}""", "check.http.secret");
    }

    [Fact]
    public async Task A_check_that_is_asked_for_is_made_by_a_worker_at_once()
    {
        await using var server = await Refresher.Testing.FakeHttpServer.StartAsync(http => { http.Response.StatusCode = 418; return Task.CompletedTask; });
        await api.PostAsync(Sites, $$"""{"name": "Teapot", "interval": "1.00:00:00", "check": {"target": "{{server.Url}}", "timeout": "00:00:02"} }""", HttpStatusCode.Created);
        var alone = await api.PostAsync($"{Sites}/teapot/check", null, HttpStatusCode.Conflict);
        Assert.Contains("workers", alone.GetProperty("detail").GetString(), StringComparison.Ordinal);

        await using var worker = await Refresher.Testing.EngineHost.StartAsync(api.Database, Refresher.Tasks.TaskCatalog.Kinds, "worker", ("Worker:Roles", "checks"));
        var check = await api.PostAsync($"{Sites}/teapot/check", null, HttpStatusCode.OK);

        Assert.Equal(("down", "status", 418), (check.GetProperty("status").GetString(), check.GetProperty("fault").GetString(), check.GetProperty("statusCode").GetInt32()));
        await api.SendAsync(HttpMethod.Delete, $"{Sites}/teapot", null, HttpStatusCode.NoContent);
    }

    [Theory]
    [InlineData("""{"check": {"target": "https://example.org/"}}""", "name")]
    [InlineData("""{"name": "x"}""", "check")]
    [InlineData("""{"name": "x", "check": {}}""", "check.target")]
    [InlineData("""{"name": "x", "check": {"target": "ftp://example.org/"}}""", "check.target")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/", "nonsense": 1}}""", "check.nonsense")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/", "http": {"mustMatch": "("}}}""", "check.http.mustMatch")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/"}, "interval": "00:00:01"}""", "interval")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/", "timeout": "00:00:20"}, "interval": "00:00:10"}""", "check.timeout")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/"}, "failureThreshold": 0}""", "failureThreshold")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/"}, "recheck": "00:02:00"}""", "recheck")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/"}, "tags": [""]}""", "tags")]
    [InlineData("""{"name": "x", "check": {"target": "https://example.org/"}, "key": "Not A Key"}""", "key")]
    public async Task A_wrong_site_names_its_field(string body, string field) => await api.RefusedAsync(HttpMethod.Post, Sites, body, field);

    [Fact]
    public async Task A_patch_may_make_another_kind_of_check_of_it()
    {
        await api.PostAsync(Sites, """{"name": "Turncoat", "check": {"target": "https://example.org/", "http": {"mustMatch": "x"}}}""", HttpStatusCode.Created);

        var patched = await api.SendAsync(HttpMethod.Patch, $"{Sites}/turncoat", """{"check": {"kind": "tcp", "target": "example.org:443"}}""", HttpStatusCode.OK);

        Assert.Equal(("tcp", JsonValueKind.Null), (patched.GetProperty("check").GetProperty("kind").GetString(), patched.GetProperty("check").GetProperty("http").ValueKind));
    }

    [Fact]
    public async Task An_edit_over_somebody_elses_is_refused()
    {
        var made = await api.PostAsync(Sites, """{"name": "Contested", "check": {"target": "https://example.org/"}}""", HttpStatusCode.Created);
        await api.SendAsync(HttpMethod.Patch, $"{Sites}/contested", """{"description": "mine"}""", HttpStatusCode.OK);
        using var late = new HttpRequestMessage(HttpMethod.Patch, $"{Sites}/contested") { Content = new StringContent("""{"description": "late"}""", System.Text.Encoding.UTF8, "application/json") };
        late.Headers.TryAddWithoutValidation("If-Match", $"\"{made.GetProperty("version").GetString()}\"");

        using var answer = await api.Client.SendAsync(late);

        Assert.Equal(HttpStatusCode.PreconditionFailed, answer.StatusCode);
    }

    [Fact]
    public async Task A_maintenance_window_is_made_shown_replaced_and_deleted()
    {
        await api.PostAsync(Sites, """{"name": "Serviced", "check": {"target": "https://example.org/"}, "tags": ["serviced"]}""", HttpStatusCode.Created);
        var made = await api.PostAsync("/api/v1/maintenance", """
            {"title": "Sunday night", "type": "weekly", "days": ["sun", "mon"], "at": "02:05", "duration": "02:00:00", "timeZone": "Europe/Berlin", "sites": ["serviced"]}
            """, HttpStatusCode.Created);
        var id = made.GetProperty("id").GetString();
        Assert.Equal(("02:05", "sun", "mon"), (made.GetProperty("at").GetString(), made.GetProperty("days")[0].GetString(), made.GetProperty("days")[1].GetString()));

        var once = await api.SendAsync(
            HttpMethod.Put, $"/api/v1/maintenance/{id}", """{"title": "Now", "from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z", "tags": ["serviced"]}""", HttpStatusCode.OK);
        Assert.Equal("2100-01-01T00:00:00Z", once.GetProperty("openUntil").GetString());
        var site = await api.GetAsync($"{Sites}/serviced");
        Assert.Equal(id, site.GetProperty("state").GetProperty("maintenance").GetString());

        await api.SendAsync(HttpMethod.Delete, $"/api/v1/maintenance/{id}", null, HttpStatusCode.NoContent);
        Assert.Equal(JsonValueKind.Null, (await api.GetAsync($"{Sites}/serviced")).GetProperty("state").GetProperty("maintenance").ValueKind);
    }

    [Theory]
    [InlineData("""{"title": "x", "allSites": true}""", "from")]
    [InlineData("""{"title": "x", "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z", "allSites": true}""", "to")]
    [InlineData("""{"title": "x", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"}""", "sites")]
    [InlineData("""{"title": "x", "from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z", "sites": ["nowhere"]}""", "sites")]
    [InlineData("""{"title": "x", "type": "weekly", "days": ["someday"], "at": "02:00", "duration": "01:00:00", "allSites": true}""", "days")]
    [InlineData("""{"title": "x", "type": "cron", "cron": "nonsense", "duration": "01:00:00", "allSites": true}""", "cron")]
    [InlineData("""{"title": "x", "type": "cron", "cron": "0 3 * * *", "allSites": true}""", "duration")]
    [InlineData("""{"title": "x", "type": "cron", "cron": "0 3 * * *", "duration": "01:00:00", "timeZone": "Nowhere/Here", "allSites": true}""", "timeZone")]
    public async Task A_wrong_window_names_its_field(string body, string field) => await api.RefusedAsync(HttpMethod.Post, "/api/v1/maintenance", body, field);

    [Fact]
    public async Task There_are_no_incidents_of_what_is_not_there()
    {
        Assert.Equal(JsonValueKind.Array, (await api.GetAsync("/api/v1/incidents?open=true")).GetProperty("items").ValueKind);
        await api.RefusedAsync(HttpMethod.Get, "/api/v1/incidents?site=nowhere", null, "site");
        await api.GetAsync($"/api/v1/incidents/{Guid.NewGuid()}", HttpStatusCode.NotFound);
        await api.PostAsync($"/api/v1/incidents/{Guid.NewGuid()}/notes", """{"text": "hm"}""", HttpStatusCode.NotFound);
    }
}
