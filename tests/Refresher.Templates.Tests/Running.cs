using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Refresher.Templates.Tests;

/// <summary>A copy that was started by its script; stopped by it at the end.</summary>
public sealed partial class Running : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(2);
    private readonly Copy _copy;
    private readonly JsonElement _endpoints;
    private readonly JsonElement _credentials;

    private Running(Copy copy)
    {
        _copy = copy;
        _endpoints = Read("endpoints.json");
        _credentials = Read("credentials.json");
        Api = new HttpClient { BaseAddress = new Uri(Address("api/http") + "/") };
        Api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", _credentials.GetProperty("api").GetProperty("key").GetString());
    }

    /// <summary>A client with the first key.</summary>
    public HttpClient Api { get; }

    public static async Task<Running> StartAsync(Copy copy)
    {
        await copy.ScriptAsync("up", "--yes", "--detach", "--set", "core", "--web-port", $"{FreePort()}", "--api-port", $"{FreePort()}");
        return new Running(copy);
    }

    /// <summary>Asks the Api until the answer is as it should be.</summary>
    public async Task<JsonElement> SeeAsync(string path, Func<JsonElement, bool> wanted)
    {
        using var patience = new CancellationTokenSource(s_patience);
        while (true)
        {
            var seen = await Api.GetFromJsonAsync<JsonElement>(path, patience.Token);
            if (wanted(seen))
            {
                return seen;
            }

            Assert.False(patience.IsCancellationRequested, seen.ToString());
            await Task.Delay(100, CancellationToken.None);
        }
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await Api.PostAsJsonAsync(path, body);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonSerializer.Deserialize<JsonElement>(text);
    }

    /// <summary>A page of the admin, as somebody sees it who has logged in.</summary>
    public async Task<string> PageAsync(string path)
    {
        using var browser = new HttpClient(new HttpClientHandler { CookieContainer = new CookieContainer() }) { BaseAddress = new Uri(Address("web/http")) };
        var token = Token().Match(await browser.GetStringAsync("/login")).Groups[1].Value;
        var login = _credentials.GetProperty("web");
        using var form = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["_handler"] = "login",
            ["Form.User"] = login.GetProperty("user").GetString()!,
            ["Form.Password"] = login.GetProperty("password").GetString()!,
            ["__RequestVerificationToken"] = token,
        });
        using var sent = await browser.PostAsync("/login", form);
        return await browser.GetStringAsync(path);
    }

    /// <summary>What the workers count, in Prometheus' format.</summary>
    public async Task<string> MetricsAsync()
    {
        using var client = new HttpClient();
        var texts = await Task.WhenAll(_endpoints.EnumerateObject().Where(endpoint => endpoint.Name.StartsWith("worker", StringComparison.Ordinal) && endpoint.Name.EndsWith("/management", StringComparison.Ordinal))
            .Select(endpoint => client.GetStringAsync(endpoint.Value.GetString() + "/metrics")));
        return string.Concat(texts);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await _copy.ScriptAsync("down");
    }

    private string Address(string endpoint) => _endpoints.GetProperty(endpoint).GetString()!;

    private JsonElement Read(string file) => JsonSerializer.Deserialize<JsonElement>(_copy.Text($".{_copy.Name.ToLowerInvariant()}/{file}"));

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
