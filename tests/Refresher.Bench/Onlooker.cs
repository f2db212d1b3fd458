using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>Somebody who looks at pages and lists of a running system, over HTTP with a login and a key, and keeps how long each look took.</summary>
internal sealed class Onlooker : IAsyncDisposable
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(500);
    private static readonly string[] Pages = ["/", "/runs", "/sites"];
    private static readonly string[] Lists = ["/api/v1/runs?limit=50", "/api/v1/schedules?limit=50", "/api/v1/sites?limit=50"];

    private readonly ServiceProcess _web;
    private readonly ServiceProcess _api;
    private readonly HttpClient _browser;
    private readonly HttpClient _client;
    private readonly ConcurrentQueue<(bool IsPage, double Milliseconds)> _looks = new();
    private readonly CancellationTokenSource _end = new();
    private Task _looking = Task.CompletedTask;

    private Onlooker(ServiceProcess web, ServiceProcess api, Uri webUrl, Uri apiUrl, string key)
    {
        (_web, _api) = (web, api);
        _browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = webUrl };
        _client = new HttpClient { BaseAddress = apiUrl };
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    /// <summary>What a scheduler has to be given, so that somebody can log in.</summary>
    public static Dictionary<string, string> NewLogin() => new()
    {
        ["FirstLogin__AdminPassword"] = Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
        ["FirstLogin__ApiKey"] = "rfr_" + Convert.ToHexString(RandomNumberGenerator.GetBytes(16)),
    };

    /// <summary>Starts a Web and an Api, and logs in.</summary>
    /// <param name="login">What the scheduler was given.</param>
    public static async Task<Onlooker> StartAsync(TestDatabase database, IReadOnlyDictionary<string, string> login)
    {
        var (web, webUrl) = Start("Web", database);
        var (api, apiUrl) = Start("Api", database);
        var onlooker = new Onlooker(web, api, webUrl, apiUrl, login["FirstLogin__ApiKey"]);
        await Eventually.SeeAsync(() => AnswersAsync(onlooker._client, Lists[0]), good => good, seconds: 60);
        await Eventually.SeeAsync(() => AnswersAsync(onlooker._browser, "/login"), good => good, seconds: 60);
        await WebLogin.LogInAsync(onlooker._browser, login["FirstLogin__AdminPassword"]);
        return onlooker;
    }

    /// <summary>Looks at each page and each list twice a second, until <see cref="StopAsync"/>.</summary>
    public void Begin() => _looking = Task.WhenAll([.. Pages.Select(path => LookAsync(_browser, path, true)), .. Lists.Select(path => LookAsync(_client, path, false))]);

    /// <summary>What was seen since the last time this was asked: milliseconds of pages, and of lists.</summary>
    public (IReadOnlyCollection<double> Pages, IReadOnlyCollection<double> Lists) Take()
    {
        var looks = new List<(bool IsPage, double Milliseconds)>();
        while (_looks.TryDequeue(out var look))
        {
            looks.Add(look);
        }

        return ([.. looks.Where(look => look.IsPage).Select(look => look.Milliseconds)], [.. looks.Where(look => !look.IsPage).Select(look => look.Milliseconds)]);
    }

    /// <exception cref="InvalidOperationException">A page or a list was not answered as it should be.</exception>
    public async Task StopAsync()
    {
        await _end.CancelAsync();
        await _looking;
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _browser.Dispose();
        _client.Dispose();
        await _web.DisposeAsync();
        await _api.DisposeAsync();
        _end.Dispose();
    }

    private static (ServiceProcess Process, Uri Url) Start(string service, TestDatabase database)
    {
        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        return (ServiceProcess.Start(service, service, database, new Dictionary<string, string> { ["ASPNETCORE_URLS"] = url.ToString(), ["Logging__LogLevel__Default"] = "Warning" }), url);
    }

    private static async Task<bool> AnswersAsync(HttpClient http, string path)
    {
        try
        {
            using var answer = await http.GetAsync(path);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private async Task LookAsync(HttpClient http, string path, bool isPage)
    {
        while (!_end.IsCancellationRequested)
        {
            var began = Stopwatch.StartNew();
            using (var answer = await http.GetAsync(path, CancellationToken.None))
            {
                if (!answer.IsSuccessStatusCode)
                {
                    throw new InvalidOperationException($"{path} was answered with {answer.StatusCode}.");
                }

                await answer.Content.ReadAsStringAsync(CancellationToken.None);
            }

            _looks.Enqueue((isPage, began.Elapsed.TotalMilliseconds));
            await Task.Delay(Every, _end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
