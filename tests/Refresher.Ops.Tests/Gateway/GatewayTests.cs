using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Refresher.Testing;
using Xunit.Abstractions;

namespace Refresher.Ops.Tests.Gateway;

/// <summary>The whole way of a visitor: a certificate from an authority, the gateway, Web and Api as processes, and back.</summary>
[Trait("Suite", "ops")]
public sealed class GatewayTests(ITestOutputHelper output)
{
    private const string Password = "correct horse battery";
    private const string Key = "a-first-key-of-forty-characters-or-more-0";

    [ProgramFact("caddy", "pebble", "pebble-challtestsrv")]
    public async Task Certificates_come_and_renew_themselves_routes_answer_and_live_pages_stream()
    {
        await using var database = await TestDatabase.CreateAsync();
        Uri web = new($"http://127.0.0.1:{FreePort.Next()}"), api = new($"http://127.0.0.1:{FreePort.Next()}");

        // The first login as Compose and the cloud give it: parameters of the scheduler.
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, new Dictionary<string, string> { ["FirstLogin__AdminPassword"] = Password, ["FirstLogin__ApiKey"] = Key });
        await using var webProcess = ServiceProcess.Start("Web", "web", database, Behind(web));
        await using var apiProcess = ServiceProcess.Start("Api", "api", database, Behind(api));
        await using var door = await Door.OpenAsync(web, api);
        try
        {
            var first = await door.SerialAsync("admin");
            using var admin = door.Client("admin");
            using var caller = door.Client("api");
            await HeadersAndRedirectsAsync(door, admin);
            await OnlyWhatIsPublishedAsync(door);
            caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
            await Person.FirstLoginIsMadeAsync(database);
            Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("api/v1/schedules")).StatusCode);
            await LogInAsync(admin);
            await StreamAsync(admin, caller);
            await SecretsStayOutOfTheLogAsync(door, caller);

            var renewed = await Eventually.SeeAsync(() => door.SerialAsync("admin"), serial => serial != first, seconds: 240);
            output.WriteLine($"issued {first}, renewed {renewed}");
            Assert.Equal(HttpStatusCode.OK, (await caller.GetAsync("api/v1/schedules")).StatusCode);
        }
        catch
        {
            output.WriteLine(door.Log);
            output.WriteLine(webProcess.Log);
            throw;
        }
    }

    private static Dictionary<string, string> Behind(Uri address) => new() { ["ASPNETCORE_URLS"] = address.ToString(), ["Proxy__Known"] = "127.0.0.1" };

    private static async Task HeadersAndRedirectsAsync(Door door, HttpClient admin)
    {
        using var page = await Eventually.SeeAsync(() => admin.GetAsync("login"), answer => answer.StatusCode == HttpStatusCode.OK, seconds: 240);
        Assert.StartsWith("max-age=", Assert.Single(page.Headers.GetValues("Strict-Transport-Security")), StringComparison.Ordinal);
        Assert.Equal("nosniff", Assert.Single(page.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("same-origin", Assert.Single(page.Headers.GetValues("Referrer-Policy")));
        Assert.False(page.Headers.Contains("Server"));

        using var plain = door.Client("admin");
        using var moved = await plain.GetAsync($"http://admin.{Door.Domain}/runs?state=failed");
        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.Equal($"https://admin.{Door.Domain}/runs?state=failed", moved.Headers.Location?.ToString());
    }

    private static async Task OnlyWhatIsPublishedAsync(Door door)
    {
        using var status = door.Client("status");
        Assert.Equal("/status", (await status.GetAsync("")).Headers.Location?.ToString());
        Assert.Equal(HttpStatusCode.NotFound, (await status.GetAsync("login")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await status.GetAsync("schedules")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await status.GetAsync("favicon.svg")).StatusCode);
    }

    private static async Task LogInAsync(HttpClient admin)
    {
        using var answer = await Person.LogInAsync(admin, Password);
        Assert.Equal(HttpStatusCode.Redirect, answer.StatusCode);

        // Web knows that the visitor came by HTTPS, though the gateway spoke plain HTTP to it.
        Assert.Contains(answer.Headers.GetValues("Set-Cookie"), cookie => cookie.Contains("refresher.session=", StringComparison.Ordinal) && cookie.Contains("secure", StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>An event that is caused after the stream was opened arrives while it is open.</summary>
    private static async Task StreamAsync(HttpClient admin, HttpClient caller)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        using var stream = await admin.GetAsync("live?topics=schedules", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", stream.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync(limit.Token));
        Assert.StartsWith("retry:", await reader.ReadLineAsync(limit.Token), StringComparison.Ordinal);

        while (true)
        {
            using var made = await caller.PostAsJsonAsync("api/v1/schedules", new { name = "Through the gateway", kind = "hello", cadence = new { type = "every", every = "01:00:00" } }, limit.Token);
            Assert.Equal(HttpStatusCode.Created, made.StatusCode);
            var line = await ReadAsync(reader, limit.Token);
            if (line == "data: schedules")
            {
                return;
            }
        }
    }

    /// <summary>The next line with something in it.</summary>
    private static async Task<string> ReadAsync(StreamReader reader, CancellationToken cancel)
    {
        while (true)
        {
            var line = await reader.ReadLineAsync(cancel) ?? throw new InvalidOperationException("The stream ended.");
            if (line.Trim(':').Length > 0)
            {
                return line;
            }
        }
    }

    private static async Task SecretsStayOutOfTheLogAsync(Door door, HttpClient caller)
    {
        using var beat = await caller.GetAsync("beat/a-token-that-nobody-may-read/start");
        var log = await Eventually.SeeAsync(() => Task.FromResult(door.Log), log => log.Contains("/beat/hidden/start", StringComparison.Ordinal), seconds: 30);
        Assert.DoesNotContain("a-token-that-nobody-may-read", log, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, log, StringComparison.Ordinal);
    }
}
