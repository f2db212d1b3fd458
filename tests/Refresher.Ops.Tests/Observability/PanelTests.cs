using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Npgsql;
using Refresher.Testing;

namespace Refresher.Ops.Tests.Observability;

/// <summary>The system with everything that watches it, as <c>./refresher up --observability</c> starts it; and every panel of every dashboard is asked for what it shows.</summary>
public sealed class PanelTests
{
    private const double Patience = 240;

    /// <summary>
    /// Panels that need a container engine (cAdvisor, the exporter of Kafka's) and are not asked here: <see cref="DashboardTests.Every_query_to_Prometheus_is_one_that_it_can_read"/> reads
    /// their queries; this test has not seen them answer.
    /// </summary>
    private static readonly string[] s_ofContainers =
    [
        "Brokers", "Topics", "Partitions", "Without all replicas", "Without a leader", "Members of groups", "Messages by topic", "Kept by topic", "Before each group", "Read by group",
        "Containers", "Processor by container", "Memory by container", "Cached memory by container", "Network into containers", "Network out of containers",
    ];

    /// <summary>What would tell that something does not work here.</summary>
    private static readonly string[] s_troubles = ["RefresherNoTick", "RefresherNoWorker", "RefresherProcessDown", "RefresherDeadLetters", "TargetDown", "DiscoveryFails", "PostgresDown", "RedisDown"];

    [ProgramFact("prometheus", "prometheus-node-exporter", "prometheus-postgres-exporter", "prometheus-redis-exporter")]
    [Trait("Suite", "ops")]
    public async Task Every_panel_of_every_dashboard_answers_with_data()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(9));
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>(["--throwaway=true", "--workers", "3", "--observability=true"], patience.Token);
        MeasureAgainstApi(builder);
        await using var app = await builder.BuildAsync(patience.Token);
        await app.StartAsync(patience.Token);
        foreach (var resource in new[] { "api", "web", "worker", "scheduler", "prometheus" })
        {
            await app.ResourceNotifications.WaitForResourceHealthyAsync(resource, patience.Token);
        }

        using var api = app.CreateHttpClient("api");
        api.DefaultRequestHeaders.Authorization = new("Bearer", await ParameterAsync(builder, "api-key", patience.Token));
        await WorkAsync(api, patience.Token);
        using var prometheus = app.CreateHttpClient("prometheus");
        await Eventually.SeeAsync(() => WorkersAsync(prometheus, patience.Token), workers => workers.Count == 3, Patience);

        var database = new NpgsqlConnectionStringBuilder(await app.GetConnectionStringAsync("refresher", patience.Token))
        {
            Username = "refresher_reports",
            Password = await ParameterAsync(builder, "database-reports-password", patience.Token),
        };
        await using var reports = NpgsqlDataSource.Create(database.ConnectionString);
        await Eventually.SeeAsync(() => SilentAsync(api, prometheus, reports, patience.Token), silent => silent.Length == 0, Patience);
        foreach (var series in Dashboard.All.SelectMany(dashboard => dashboard.Panels).SelectMany(panel => panel.Targets).Where(target => target.HasExemplars).Select(target => target.Series).Distinct())
        {
            await Eventually.SeeAsync(() => TracesAsync(prometheus, series, patience.Token), traces => traces.Exists(trace => trace.Length == 32), Patience);
        }

        Assert.Equal(s_ofContainers, Dashboard.All.SelectMany(dashboard => dashboard.Panels).Where(panel => panel.WantsContainers).Select(panel => panel.Title));
        await Eventually.SeeAsync(() => FiringAsync(prometheus, patience.Token), firing => !firing.Exists(s_troubles.Contains), Patience);
    }

    /// <summary>The workers have a server to measure against: the Api's own, given a place.</summary>
    private static void MeasureAgainstApi(IDistributedApplicationTestingBuilder builder)
    {
        var api = builder.Resources.OfType<ProjectResource>().Single(project => project.Name == "api").GetEndpoint("http");
        builder.Resources.Single(resource => resource.Name == "worker").Annotations.Add(new EnvironmentCallbackAnnotation(context =>
        {
            context.EnvironmentVariables["SpeedTest__Latitude"] = "52.52";
            context.EnvironmentVariables["SpeedTest__Longitude"] = "13.405";
            context.EnvironmentVariables["SpeedTest__Servers__0__Url"] = $"{api.Url}/backend";
            context.EnvironmentVariables["SpeedTest__Servers__0__Name"] = "Here";
            context.EnvironmentVariables["SpeedTest__Servers__0__City"] = "Hamburg";
            context.EnvironmentVariables["SpeedTest__Servers__0__Country"] = "Germany";
            context.EnvironmentVariables["SpeedTest__Servers__0__Latitude"] = "53.55";
            context.EnvironmentVariables["SpeedTest__Servers__0__Longitude"] = "9.99";
            return Task.CompletedTask;
        }));
    }

    /// <summary>Runs that succeed, fail and wait for a limit, a speed test, a heartbeat; sites are among the examples of a first start.</summary>
    private static async Task WorkAsync(HttpClient api, CancellationToken cancel)
    {
        await SendAsync(api.PostAsJsonAsync("/api/v1/queues/held/pause", new { reason = "so that something waits" }, cancel));
        await SendAsync(api.PostAsJsonAsync("/api/v1/runs", new { kind = "hello", queue = "held" }, cancel));
        await SendAsync(api.PutAsJsonAsync("/api/v1/limits/kind/hello", new { concurrency = 1 }, cancel));
        await SendAsync(api.PostAsJsonAsync("/api/v1/schedules", new { name = "Greets", kind = "hello", options = new { name = "you" }, cadence = new { type = "every", every = "00:00:02" } }, cancel));
        await SendAsync(api.PostAsJsonAsync(
            "/api/v1/schedules",
            new { name = "Fails", kind = "http-request", options = new { url = $"http://127.0.0.1:{FreePort.Next()}/" }, cadence = new { type = "every", every = "00:00:03" }, retry = new { maxAttempts = 1 } },
            cancel));
        await SendAsync(api.PostAsJsonAsync("/api/v1/runs", new { kind = "speed-test", options = new { duration = "00:00:02", maxMegabytes = 40 } }, cancel));
        var made = await SendAsync(api.PostAsJsonAsync("/api/v1/heartbeats", new { name = "Backup", cadence = new { type = "every", every = "01:00:00" } }, cancel));
        await SendAsync(api.PostAsync(made.GetProperty("beatPath").GetString()!, null, cancel));
    }

    private static async Task<JsonElement> SendAsync(Task<HttpResponseMessage> sending)
    {
        using var response = await sending;
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{response.RequestMessage?.RequestUri}: {response.StatusCode} {text}");
        return text.StartsWith('{') ? JsonDocument.Parse(text).RootElement : default;
    }

    private static async Task<string> ParameterAsync(IDistributedApplicationTestingBuilder builder, string name, CancellationToken cancel) =>
        await builder.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name == name).GetValueAsync(cancel) ?? throw new InvalidOperationException($"{name} has no value.");

    private static async Task<List<string>> WorkersAsync(HttpClient prometheus, CancellationToken cancel)
    {
        var targets = await AskAsync(prometheus, "/api/v1/targets?state=active", cancel);
        return [.. targets.GetProperty("activeTargets").EnumerateArray()
            .Where(target => target.GetProperty("labels").GetProperty("job").GetString() == "refresher-worker" && target.GetProperty("health").GetString() == "up")
            .Select(target => target.GetProperty("labels").GetProperty("node").GetString()!).Distinct()];
    }

    /// <summary>The queries that answer with nothing; a text, so that a failure shows it. Rates of requests want requests meanwhile.</summary>
    private static async Task<string> SilentAsync(HttpClient api, HttpClient prometheus, NpgsqlDataSource reports, CancellationToken cancel)
    {
        await SendAsync(api.GetAsync("/api/v1/runs?limit=1", cancel));
        var silent = new List<string>();
        foreach (var (name, source, text) in Dashboard.All.SelectMany(dashboard => dashboard.Queries(target => !target.WantsContainers)))
        {
            if (!(source == Dashboard.PostgreSql ? await HasRowsAsync(reports, text, cancel) : await HasSamplesAsync(prometheus, text, cancel)))
            {
                silent.Add($"{name}: {text}");
            }
        }

        return string.Join(Environment.NewLine, silent);
    }

    /// <summary>At least one sample that is a number.</summary>
    private static async Task<bool> HasSamplesAsync(HttpClient prometheus, string query, CancellationToken cancel)
    {
        var data = await AskAsync(prometheus, $"/api/v1/query?query={Uri.EscapeDataString(query)}", cancel);
        return data.GetProperty("result").EnumerateArray().Any(sample => double.IsFinite(double.Parse(sample.GetProperty("value")[1].GetString()!.Replace("Inf", "Infinity", StringComparison.Ordinal), CultureInfo.InvariantCulture)));
    }

    /// <summary>At least one row with something in it beside its time.</summary>
    private static async Task<bool> HasRowsAsync(NpgsqlDataSource reports, string sql, CancellationToken cancel)
    {
        await using var command = reports.CreateCommand(sql);
        await using var row = await command.ExecuteReaderAsync(cancel);
        return await row.ReadAsync(cancel) && Enumerable.Range(0, row.FieldCount).Any(field => row.GetName(field) != "time" && !row.IsDBNull(field));
    }

    /// <summary>Where the exemplars of a series lead.</summary>
    private static async Task<List<string>> TracesAsync(HttpClient prometheus, string series, CancellationToken cancel) =>
        [.. (await AskAsync(prometheus, $"/api/v1/query_exemplars?query={series}&start=0&end=4102444800", cancel)).EnumerateArray()
            .SelectMany(one => one.GetProperty("exemplars").EnumerateArray()).Select(exemplar => exemplar.GetProperty("labels").GetProperty("trace_id").GetString()!)];

    private static async Task<List<string>> FiringAsync(HttpClient prometheus, CancellationToken cancel) =>
        [.. (await AskAsync(prometheus, "/api/v1/alerts", cancel)).GetProperty("alerts").EnumerateArray()
            .Where(alert => alert.GetProperty("state").GetString() == "firing").Select(alert => alert.GetProperty("labels").GetProperty("alertname").GetString()!)];

    private static async Task<JsonElement> AskAsync(HttpClient prometheus, string path, CancellationToken cancel)
    {
        using var response = await prometheus.GetAsync(path, cancel);
        var text = await response.Content.ReadAsStringAsync(cancel);
        Assert.True(response.IsSuccessStatusCode, $"{path}: {text}");
        return JsonDocument.Parse(text).RootElement.GetProperty("data");
    }
}
