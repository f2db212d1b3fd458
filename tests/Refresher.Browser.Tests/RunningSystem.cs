using System.Globalization;
using System.Net;
using Microsoft.Playwright;
using Refresher.Testing;

namespace Refresher.Browser.Tests;

/// <summary>Scheduler, worker and Web as processes over a database of their own, and a Chromium to look at them with.</summary>
public class RunningSystem : IAsyncLifetime
{
    public const string Password = "correct horse battery";

    /// <summary>Milliseconds a browser may take to show what it should: the machine has other work.</summary>
    private const float Patience = 30_000;

    /// <summary>Seconds a start may take.</summary>
    private const double Deadline = 90;

    private readonly List<ServiceProcess> _services = [];
    private readonly string _address = $"http://127.0.0.1:{FreePort.Next()}";
    private readonly string _apiAddress = $"http://127.0.0.1:{FreePort.Next()}";
    private TestServers? _servers;
    private TestDatabase? _database;
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Servers that no other test uses, to be stopped.</summary>
    protected virtual bool HasOwnServers => false;

    /// <summary>What a first start sets up, to have something to look at.</summary>
    protected virtual bool HasExamples => false;

    /// <summary>Whether the Api runs beside the others, at <see cref="ApiAddress"/>.</summary>
    protected virtual bool HasApi => false;

    public TestServers Servers => _servers ?? throw new InvalidOperationException("The servers are shared.");

    public string Address => _address;

    public Uri ApiAddress => new(_apiAddress);

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Chromium is not { } chromium)
        {
            return;
        }

        _servers = HasOwnServers ? await TestServers.StartAsync() : null;
        _database = await TestDatabase.CreateAsync(_servers);
        Start("Scheduler", $"http://127.0.0.1:{FreePort.Next()}");
        Start("Worker", $"http://127.0.0.1:{FreePort.Next()}");
        StartWeb();
        if (HasApi)
        {
            Start("Api", _apiAddress);
        }

        Assertions.SetDefaultExpectTimeout(Patience);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
        await WaitForWebAsync();
    }

    public async Task DisposeAsync()
    {
        await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
        _playwright?.Dispose();
        foreach (var service in _services)
        {
            await service.DisposeAsync();
        }

        await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);
        await (_servers?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    /// <summary>A browser window of its own; what its console says that is not information ends up in <paramref name="complaints"/>.</summary>
    public async Task<IPage> OpenAsync(List<string> complaints, int width = 1280)
    {
        var context = await _browser!.NewContextAsync(new() { BaseURL = _address, ViewportSize = new() { Width = width, Height = 850 }, TimezoneId = "Europe/Berlin", Locale = "en-GB" });
        context.SetDefaultTimeout(Patience);
        context.SetDefaultNavigationTimeout(Patience);
        return await OpenTabAsync(context, complaints);
    }

    /// <summary>Another tab of a window.</summary>
    public static async Task<IPage> OpenTabAsync(IBrowserContext context, List<string> complaints)
    {
        var page = await context.NewPageAsync();
        page.Console += (_, message) =>
        {
            // htmx reports that a request of the page that is being left was given up.
            if (message.Type is "error" or "warning" && !message.Text.StartsWith("htmx:sendAbort", StringComparison.Ordinal) && !message.Text.StartsWith("htmx:afterRequest", StringComparison.Ordinal))
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints.Add(error);
        return page;
    }

    public static async Task LogInAsync(IPage page)
    {
        await page.GotoAsync("/login");
        await LogInAsync(page, "admin", Password);
        await SeeAsync(page, "Overview");
    }

    /// <summary>Fills the form that is open.</summary>
    public static async Task LogInAsync(IPage page, string user, string password)
    {
        await page.GetByLabel("User name").FillAsync(user);
        await page.GetByLabel("Password").FillAsync(password);
        await page.GetByRole(AriaRole.Button, new() { Name = "Log in" }).ClickAsync();
    }

    /// <summary>Waits for the page of this title, and until its scripts have run: before that a click would act on the page that is being left, or unasked.</summary>
    public static async Task SeeAsync(IPage page, string title)
    {
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Level = 1, Name = title, Exact = true })).ToBeVisibleAsync();
        await Assertions.Expect(page.Locator("html[data-ready]")).ToHaveCountAsync(1);
    }

    /// <summary>A schedule that greets every two seconds; its page is open afterwards.</summary>
    public static async Task MakeScheduleAsync(IPage page, string name)
    {
        await page.GotoAsync("/schedules/new?kind=hello");
        await SeeAsync(page, "New schedule: Hello");
        await page.GetByLabel("Name of the schedule").FillAsync(name);
        await page.Locator("#every").FillAsync("2");
        await page.Locator("#unit").SelectOptionAsync("s");
        await page.GetByRole(AriaRole.Button, new() { Name = "Create schedule" }).ClickAsync();
        await Assertions.Expect(page.GetByText($"{name} is made.")).ToBeVisibleAsync();
        await SeeAsync(page, name);
    }

    /// <summary>Stops Web as an update would, and starts it again at the same address.</summary>
    public async Task RestartWebAsync()
    {
        var web = _services.Single(service => service.Name == "Web");
        await web.DisposeAsync();
        _services.Remove(web);
        StartWeb();
        await WaitForWebAsync();
    }

    private void StartWeb() => Start("Web", _address);

    private void Start(string service, string address) => _services.Add(ServiceProcess.Start(service, service, _database!, new Dictionary<string, string>
    {
        ["ASPNETCORE_URLS"] = address,
        ["FirstLogin__AdminPassword"] = Password,
        ["Worker__Concurrency"] = "4",
        ["Examples__Enabled"] = HasExamples ? "true" : "false",
        ["Examples__Sites__Web"] = _address,
    }));

    private async Task WaitForWebAsync()
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(Deadline) };
        try
        {
            await Eventually.SeeAsync(() => IsReadyAsync(http), ready => ready, Deadline);
        }
        catch (Exception e) when (e is TimeoutException or TaskCanceledException)
        {
            throw new TimeoutException($"No page to log in on after {Deadline} s. {string.Join("\n", _services.Select(Tell))}");
        }
    }

    private async Task<bool> IsReadyAsync(HttpClient http)
    {
        if (_services.FirstOrDefault(service => !service.IsAlive) is { } dead)
        {
            throw new InvalidOperationException(Tell(dead));
        }

        try
        {
            using var answer = await http.GetAsync(new Uri(_address + "/login"));
            return answer.StatusCode == HttpStatusCode.OK && await HasAdminAsync();
        }
        catch (HttpRequestException)
        {
            // Not listening yet.
            return false;
        }
    }

    private static string Tell(ServiceProcess service) => $"{service.Name} {(service.IsAlive ? "runs" : $"ended with {service.ExitCode}")}; it wrote:\n{service.Log}";

    private async Task<bool> HasAdminAsync()
    {
        try
        {
            await using var connection = new Npgsql.NpgsqlConnection(_database!.ConnectionString);
            await connection.OpenAsync();
            await using var command = new Npgsql.NpgsqlCommand("SELECT count(*) FROM identity_users", connection);
            return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) > 0;
        }
        catch (Npgsql.PostgresException)
        {
            // The scheduler has not made the tables yet.
            return false;
        }
    }
}
