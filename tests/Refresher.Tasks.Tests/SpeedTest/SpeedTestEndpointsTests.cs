using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class SpeedTestEndpointsTests(SpeedTestFixture tests) : IClassFixture<SpeedTestFixture>, IAsyncLifetime, IDisposable
{
    private readonly HttpClient _http = new();
    private WebApplication? _api;

    public async Task InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddAuthorization(options =>
        {
            AuthorizationPolicy known = new([new AssertionRequirement(context => ((Microsoft.AspNetCore.Http.HttpContext)context.Resource!).Request.Headers.ContainsKey("X-Known"))], []);
            foreach (var name in Policies.All)
            {
                options.AddPolicy(name, known);
            }
        });
        builder.Services.AddAuthentication("none").AddCookie("none", options => options.Events.OnRedirectToLogin = options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        tests.AddTo(builder);
        _api = builder.Build();
        _api.UseAuthorization();
        SpeedTestEndpoints.Map(_api);
        await _api.StartAsync();
        _http.BaseAddress = new Uri(_api.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    }

    public async Task DisposeAsync() => await _api!.DisposeAsync();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Tests_are_listed_in_pages_and_self_tests_apart()
    {
        await KeepAsync(new(2026, 1, 1, 10, 0, 0, TimeSpan.Zero), selfTest: false);
        await KeepAsync(new(2026, 1, 1, 11, 0, 0, TimeSpan.Zero), selfTest: false);
        await KeepAsync(new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero), selfTest: true);
        _http.DefaultRequestHeaders.Add("X-Known", "yes");

        var first = (await _http.GetFromJsonAsync<JsonObject>("/api/v1/speed-tests?limit=1"))!;
        var second = (await _http.GetFromJsonAsync<JsonObject>($"/api/v1/speed-tests?limit=1&after={first["next"]}"))!;
        var latest = (await _http.GetFromJsonAsync<JsonObject>("/api/v1/speed-tests/latest"))!;
        var own = (await _http.GetFromJsonAsync<JsonObject>("/api/v1/speed-tests?selfTest=true&from=2026-01-01T13:00:00%2B02:00"))!;

        Assert.StartsWith("2026-01-01T11:00", (string?)first["items"]!.AsArray().Single()!["at"], StringComparison.Ordinal);
        Assert.StartsWith("2026-01-01T10:00", (string?)second["items"]!.AsArray().Single()!["at"], StringComparison.Ordinal);
        Assert.Null(second["next"]);
        Assert.Equal(93.5, (double)latest["download"]!["mbps"]!);
        Assert.Single(own["items"]!.AsArray());
    }

    [Fact]
    public async Task Servers_of_ones_own_are_named_listed_and_removed()
    {
        _http.DefaultRequestHeaders.Add("X-Known", "yes");

        var named = await _http.PutAsJsonAsync("/api/v1/speed-servers", new { url = "https://speed.example.org/backend/", name = "Office", country = "de" });
        var listed = (await _http.GetFromJsonAsync<JsonObject>("/api/v1/speed-servers?directory=own"))!["items"]!.AsArray();
        var removed = await _http.DeleteAsync("/api/v1/speed-servers?url=https://speed.example.org/backend");

        Assert.Equal(HttpStatusCode.OK, named.StatusCode);
        var server = Assert.Single(listed)!;
        Assert.Equal(("https://speed.example.org/backend", "Germany", "country"), ((string?)server["url"], (string?)server["country"], (string?)server["precision"]));
        Assert.Equal(HttpStatusCode.NoContent, removed.StatusCode);
        Assert.Empty((await _http.GetFromJsonAsync<JsonObject>("/api/v1/speed-servers?directory=own"))!["items"]!.AsArray());
    }

    [Theory]
    [InlineData("PUT", "/api/v1/speed-servers", """{"url": "speed.example.org"}""", "url")]
    [InlineData("PUT", "/api/v1/speed-servers", """{"url": "https://me:secret@speed.example.org/"}""", "url")]
    [InlineData("PUT", "/api/v1/speed-servers", """{"url": "https://speed.example.org/", "latitude": 3}""", "longitude")]
    [InlineData("PUT", "/api/v1/speed-servers", """{"url": "https://speed.example.org/", "country": "Atlantis"}""", "country")]
    [InlineData("PATCH", "/api/v1/speed-directories/librespeed", """{"listUrl": "file:///etc/passwd"}""", "listUrl")]
    [InlineData("PATCH", "/api/v1/speed-settings", """{"monthlyMegabytes": -1}""", "monthlyMegabytes")]
    [InlineData("PATCH", "/api/v1/speed-settings", """{"publicSchedule": "no-such"}""", "publicSchedule")]
    [InlineData("GET", "/api/v1/speed-tests?range=1y", null, "range")]
    [InlineData("GET", "/api/v1/speed-tests/figures?range=2y", null, "range")]
    [InlineData("GET", "/api/v1/speed-tests/export?format=xml", null, "format")]
    public async Task What_is_not_right_is_named(string method, string path, string? body, string field)
    {
        _http.DefaultRequestHeaders.Add("X-Known", "yes");
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : new StringContent(body, System.Text.Encoding.UTF8, "application/json") };

        var answer = await _http.SendAsync(request);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonObject>())!["errors"]![field]);
    }

    [Fact]
    public async Task An_unknown_directory_is_not_found()
    {
        _http.DefaultRequestHeaders.Add("X-Known", "yes");

        Assert.Equal(HttpStatusCode.NotFound, (await _http.PatchAsJsonAsync("/api/v1/speed-directories/none", new { enabled = true })).StatusCode);
        var known = (await _http.GetFromJsonAsync<JsonObject>("/api/v1/speed-directories"))!["items"]!.AsArray();
        Assert.Equal(["librespeed", "cloudflare", "ookla"], known.Select(directory => (string?)directory!["name"]));
        Assert.All(known, directory => Assert.False((bool)directory!["enabled"]!));
    }

    [Theory]
    [InlineData("/api/v1/speed-tests")]
    [InlineData("/api/v1/speed-tests/latest")]
    [InlineData("/api/v1/speed-tests/figures")]
    [InlineData("/api/v1/speed-tests/export")]
    [InlineData("/api/v1/speed-servers")]
    [InlineData("/api/v1/speed-directories")]
    [InlineData("/api/v1/speed-settings")]
    public async Task Results_are_not_for_everybody(string path) => Assert.Equal(HttpStatusCode.Unauthorized, (await _http.GetAsync(path)).StatusCode);

    [Fact]
    public async Task The_backend_answers_as_librespeed_does()
    {
        var garbage = await _http.GetByteArrayAsync("/backend/garbage.php?ckSize=2&r=0.1");
        var empty = await _http.PostAsync("/backend/empty.php", new ByteArrayContent(new byte[40_000_000]));
        var address = (await _http.GetFromJsonAsync<JsonObject>("/backend/getIP.php?isp=true&distance=km"))!;
        var bare = await _http.GetAsync("/backend/empty");

        Assert.Equal(2 * 1024 * 1024, garbage.Length);
        Assert.InRange(garbage.GroupBy(value => value).Count(), 256, 256);
        Assert.Equal(HttpStatusCode.OK, empty.StatusCode);
        Assert.StartsWith("127.0.0.1", (string?)address["processedString"], StringComparison.Ordinal);
        Assert.Contains("no-store", bare.Headers.CacheControl!.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("X-Forwarded-For", "192.0.2.1")]
    [InlineData("Forwarded", "for=192.0.2.1")]
    public async Task The_backend_does_not_answer_who_comes_from_elsewhere(string header, string value)
    {
        _http.DefaultRequestHeaders.Add(header, value);

        Assert.Equal(HttpStatusCode.Forbidden, (await _http.GetAsync("/backend/garbage")).StatusCode);
    }

    private async Task KeepAsync(DateTimeOffset at, bool selfTest)
    {
        await using var scope = _api!.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<Refresher.Core.RefresherDb>();
        var server = () => new SpeedTestServer { Url = "http://a/", Name = "Potsdam" };
        db.Add(new SpeedTestResult
        {
            Id = Guid.CreateVersion7(at),
            RunId = Guid.CreateVersion7(at),
            At = at,
            SelfTest = selfTest,
            Server = server(),
            Download = new SpeedTestDirection { Mbps = 93.5, Stopped = "steady", Curve = [90, 94] },
            Candidates = { new SpeedTestCandidate { Server = server(), LatencyMs = 3, Chosen = true } },
        });
        await db.SaveChangesAsync();
    }
}
