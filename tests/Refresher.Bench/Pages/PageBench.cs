using System.Diagnostics;
using System.Net;
using Npgsql;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Bench.Pages;

/// <summary>How long the server takes for every page over much data, what the first page weighs, and what open pages cost while nothing happens.</summary>
internal static class PageBench
{
    /// <summary>Milliseconds that 95 of 100 answers of each page should stay within.</summary>
    private const double Promised = 50;

    private const int WarmUps = 3;

    private static readonly Dictionary<string, string> Quiet = new() { ["Logging__LogLevel__Default"] = "Warning" };

    /// <summary>Dear looks that no link leads to as they are.</summary>
    private static readonly string[] Filtered =
    [
        "/runs?state=failed", "/runs?state=succeeded,failed&kind=hello", "/runs?worker=worker-3&since=24h", "/schedules?search=greeting-99", "/schedules?show=failing",
        "/audit?actor=user-3", "/audit?action=schedule", "/audit?action=delivery.retry", "/alerts?state=failed",
    ];

    /// <summary>Looks at what has no index, texts and lateness, most of them in vain: they take a bounded time and say how far they got (docs/decisions/0032-looking-for-runs.md).</summary>
    private static readonly string[] Searches = ["/runs?text=answer", "/runs?text=nowhere-to-be-found", "/runs?text=Hello&in=log&since=24h", "/runs?late=3"];

    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        var runs = options.Number("runs", 1_000_000);
        var tasks = Found.All<IPageData>();
        await using var database = await TestDatabase.CreateAsync();
        await using var source = NpgsqlDataSource.Create(database.ConnectionString);
        var login = Onlooker.NewLogin();
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, new Dictionary<string, string>(login) { ["Logging__LogLevel__Default"] = "Warning" });
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        var began = Stopwatch.StartNew();
        var now = TimeProvider.System.GetUtcNow();
        await new RunData(client, source, runs, options.Number("schedules", 1000)).MakeAsync(now);
        Console.Error.WriteLine($"runs after {began.Elapsed.TotalSeconds:0} s");
        var made = new List<string>();
        foreach (var task in tasks)
        {
            made.Add(await task.MakeAsync(client, source, options, now));
        }

        Console.Error.WriteLine($"what tasks have after {began.Elapsed.TotalSeconds:0} s");
        await new OtherData(client, source).MakeAsync(now);
        await Eventually.SeeAsync(() => Sql.ReadAsync<bool>(source, "SELECT count(*) >= 20 FROM run_rollup_days"), counted => counted, seconds: 300);
        figures.Title($"pages: {string.Join(", ", made.Where(text => text.Length > 0).Prepend($"{runs:n0} runs"))}");
        figures.Say("making the data", began.Elapsed.TotalSeconds, "s");
        figures.Say("size of the database", await Sql.ReadAsync<long>(source, "SELECT pg_database_size(current_database())") / 1e9, "GB");

        var url = new Uri($"http://127.0.0.1:{FreePort.Next()}");
        await using var worker = ServiceProcess.Start("Worker", "worker", database, Quiet);
        await using var web = ServiceProcess.Start("Web", "web", database, new Dictionary<string, string>(Quiet) { ["ASPNETCORE_URLS"] = url.ToString() });
        using var browser = await OpenAsync(url, login["FirstLogin__AdminPassword"]);
        await Sql.RunAsync(source, "CHECKPOINT");
        await LookAsync(browser, [.. Filtered, .. tasks.SelectMany(task => task.Filtered)], options.Number("looks", 30), figures);
        await FirstPage.WeighAsync(url, browser, figures);
        await IdlePages.RunAsync(url, login["FirstLogin__AdminPassword"], web, options.Number("open", 500), options.Number("seconds", 60), figures);
        figures.Say("memory of Web", web.Memory / 1e6, "MB");
    }

    private static async Task<HttpClient> OpenAsync(Uri url, string password)
    {
        var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false, AutomaticDecompression = DecompressionMethods.All }) { BaseAddress = url };
        await Eventually.SeeAsync(() => AnswersAsync(browser), good => good, seconds: 90);
        await WebLogin.LogInAsync(browser, password);
        return browser;
    }

    private static async Task<bool> AnswersAsync(HttpClient browser)
    {
        try
        {
            using var answer = await browser.GetAsync("/login");
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static async Task LookAsync(HttpClient browser, IEnumerable<string> filtered, int looks, Figures figures)
    {
        // Named by the kind of address: ids are others each time.
        var walked = await new Walk(browser).FromAsync(["/", "/status"]);
        var pages = walked.Concat(filtered.Select(address => KeyValuePair.Create(address, address))).ToArray();
        var (over, slowest, every) = (0, 0.0, new List<double>());
        foreach (var (name, address) in pages)
        {
            var took = await TakeAsync(browser, address, looks);
            every.AddRange(took);
            var p95 = took.Order().ElementAt((int)Math.Ceiling(0.95 * took.Count) - 1);
            over += p95 > Promised ? 1 : 0;
            slowest = Math.Max(slowest, p95);
            figures.SayShares(name, took, 0.5, 0.95, 1);
        }

        figures.Say("pages looked at", pages.Length, "pages", $"{looks} times each");
        figures.SayShares("all pages", every, 0.5, 0.95, 0.99, 1);
        figures.Say("p95 of the slowest page", slowest, "ms");
        figures.Say("pages with a p95 over 50 ms", over, "pages");
        foreach (var search in Searches)
        {
            figures.SayShares($"search {search}", await TakeAsync(browser, search, WarmUps), 0.5, 1);
        }
    }

    /// <returns>Milliseconds of each look, to the last byte.</returns>
    private static async Task<List<double>> TakeAsync(HttpClient browser, string page, int looks)
    {
        var took = new List<double>();
        for (var look = -WarmUps; look < looks; look++)
        {
            var began = Stopwatch.StartNew();
            using (var answer = await browser.GetAsync(page))
            {
                await answer.Content.ReadAsByteArrayAsync();
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    throw new InvalidOperationException($"{page} was answered with {answer.StatusCode}.");
                }
            }

            if (look >= 0)
            {
                took.Add(began.Elapsed.TotalMilliseconds);
            }
        }

        return took;
    }
}
