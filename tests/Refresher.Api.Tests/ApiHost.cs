extern alias api;

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Data;
using Refresher.Testing;

namespace Refresher.Api.Tests;

/// <summary>The Api as a process would be: Kestrel on a free port, a database of its own with the schema and one key.</summary>
public sealed class ApiHost : WebApplicationFactory<api::Program>, IAsyncLifetime
{
    public const string Key = "rfr_a-key-for-tests";

    /// <summary>Servers that the test may stop; the shared ones when null.</summary>
    public TestServers? Servers { get; init; }

    /// <summary>Null: it has no management port.</summary>
    public int? ManagementPort { get; init; }

    public TestDatabase Database { get; private set; } = null!;

    /// <summary>Sends the key.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Sends no key.</summary>
    public HttpClient Stranger { get; private set; } = null!;

    public Uri Address => ClientOptions.BaseAddress;

    public async Task InitializeAsync()
    {
        Database = await TestDatabase.CreateAsync(Servers);
        UseKestrel(0);
        StartServer();
        await using (var scope = Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<RefresherDb>().Database.MigrateAsync();
            await scope.ServiceProvider.GetRequiredService<FirstLogin>().CreateAsync(null, Key, default);
        }

        await Services.GetRequiredService<SchemaGate>().WaitAsync(default).WaitAsync(TimeSpan.FromSeconds(60));
        Stranger = CreateClient();
        Client = CreateClient();
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    /// <summary>A client with a key of its own, of that role.</summary>
    public async Task<HttpClient> ClientAsync(string role)
    {
        var made = await PostAsync("/api/v1/keys", $$"""{"name": "{{role}} {{Guid.NewGuid():N}}", "role": "{{role}}"}""", HttpStatusCode.Created);
        var client = new HttpClient { BaseAddress = Address };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", made.GetProperty("key").GetString());
        return client;
    }

    /// <summary>Stops it as SIGTERM does.</summary>
    public Task StopAsync() => Services.GetRequiredService<IHost>().StopAsync();

    async Task IAsyncLifetime.DisposeAsync()
    {
        await DisposeAsync();
        await Database.DisposeAsync();
    }

    /// <summary>Sends JSON as it is written and reads the answer, which must have the status.</summary>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, string? json, HttpStatusCode expected, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Content = json is null ? null : new StringContent(json, Encoding.UTF8, type) };
        using var response = await Client.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == expected, $"{method} {path} {json}: {(int)response.StatusCode} {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    public Task<JsonElement> GetAsync(string path, HttpStatusCode expected = HttpStatusCode.OK) => SendAsync(HttpMethod.Get, path, null, expected);

    public Task<JsonElement> PostAsync(string path, string? json, HttpStatusCode expected) => SendAsync(HttpMethod.Post, path, json, expected);

    /// <summary>Posts what is not right, and returns the messages of the field that the answer must blame.</summary>
    public async Task<string> RefusedAsync(HttpMethod method, string path, string? json, string field, HttpStatusCode expected = HttpStatusCode.BadRequest)
    {
        var problem = await SendAsync(method, path, json, expected);
        Assert.True(problem.TryGetProperty("errors", out var errors) && errors.TryGetProperty(field, out _), $"{json}: {problem}");
        return string.Join(' ', errors.GetProperty(field).EnumerateArray().Select(message => message.GetString()));
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment("Production");
        builder.UseSetting("ConnectionStrings:refresher", Database.ConnectionString);
        builder.UseSetting("ConnectionStrings:redis", Database.RedisConnectionString);
        if (ManagementPort is { } port)
        {
            builder.UseSetting("Management:Port", port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        builder.ConfigureLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
    }
}

/// <summary>Tests that share one Api; each makes what it looks at.</summary>
[CollectionDefinition(Name)]
public sealed class SharedApi : ICollectionFixture<ApiHost>
{
    public const string Name = "api";
}
