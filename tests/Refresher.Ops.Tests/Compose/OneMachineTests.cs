using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Npgsql;
using Refresher.Ops.Tests.Gateway;
using Refresher.Testing;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace Refresher.Ops.Tests.Compose;

/// <summary>What the parts of Compose hold in memory on a small machine, as local processes with the same settings.</summary>
[Trait("Suite", "ops")]
public sealed class OneMachineTests(ITestOutputHelper output)
{
    private const int Sites = 50;
    private const double Budget = 700;
    private const string Key = "a-first-key-of-forty-characters-or-more-0";

    /// <summary>What settings of the runtime and the C library begin with.</summary>
    private static readonly string[] s_runtime = ["DOTNET_", "MALLOC_"];

    private static readonly TimeSpan s_work = TimeSpan.FromMinutes(1);

    [ProgramFact("caddy", "pebble", "pebble-challtestsrv")]
    public async Task All_default_parts_stay_within_700_MB_with_50_sites_and_a_speed_schedule()
    {
        await using var servers = await TestServers.StartAsync(durable: true);
        await using var database = await TestDatabase.CreateAsync(servers);
        Uri web = new($"http://127.0.0.1:{FreePort.Next()}"), api = new($"http://127.0.0.1:{FreePort.Next()}");
        await using var scheduler = ServiceProcess.Start("Scheduler", "scheduler", database, Settings("scheduler", null, ("FirstLogin__ApiKey", Key)));
        await using var worker = ServiceProcess.Start("Worker", "worker", database, Settings("worker", null));
        await using var apiProcess = ServiceProcess.Start("Api", "api", database, Settings("api", api));
        await using var webProcess = ServiceProcess.Start("Web", "web", database, Settings("web", web));
        await using var door = await Door.OpenAsync(web, api);
        using var caller = door.Client("api");
        caller.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        await Person.FirstLoginIsMadeAsync(database);
        await FillAsync(caller, web, api);

        await using var rows = NpgsqlDataSource.Create(database.ConnectionString);
        await Eventually.SeeAsync(() => CountAsync(rows, "SELECT count(DISTINCT site_id) FROM site_checks"), seen => seen == Sites, seconds: 180);
        await Eventually.SeeAsync(() => CountAsync(rows, "SELECT count(*) FROM runs WHERE kind = 'speed-test' AND state = 'succeeded'"), tests => tests > 0, seconds: 180);
        await Task.Delay(s_work);

        using var redis = await ConnectionMultiplexer.ConnectAsync(database.RedisConnectionString);
        var info = (string?)await redis.GetDatabase().ExecuteAsync("INFO", "server") ?? "";
        var redisProcess = int.Parse(info.Split('\n').Single(line => line.StartsWith("process_id:", StringComparison.Ordinal)).Split(':')[1], CultureInfo.InvariantCulture);
        (string Part, double Megabytes)[] parts =
        [
            ("scheduler", Memory.Of(scheduler.Id)), ("worker", Memory.Of(worker.Id)), ("api", Memory.Of(apiProcess.Id)), ("web", Memory.Of(webProcess.Id)),
            ("postgres", Memory.Of(await Memory.PostgresAsync(database.ConnectionString))), ("redis", Memory.Of(redisProcess)), ("gateway", Memory.Of(door.Id)),
        ];
        foreach (var (part, megabytes) in parts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{part,-10} {megabytes,6:0} MB"));
        }

        var sum = parts.Sum(part => part.Megabytes);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{"together",-10} {sum,6:0} MB of {Budget:0}"));
        Assert.True(sum <= Budget, $"{sum:0} MB");
    }

    /// <summary>What Compose gives the service, as far as it is not of the network there.</summary>
    private static Dictionary<string, string> Settings(string service, Uri? address, params (string Name, string Value)[] more)
    {
        var settings = ComposeFile.Environment(ComposeFile.Read().Services[service]).Where(setting => s_runtime.Any(name => setting.Key.StartsWith(name, StringComparison.Ordinal))).ToDictionary();
        settings["Proxy__Known"] = "127.0.0.1";
        settings["Logging__LogLevel__Default"] = "Warning";
        if (address is not null)
        {
            settings["ASPNETCORE_URLS"] = address.ToString();
        }

        foreach (var (name, value) in more)
        {
            settings[name] = value;
        }

        return settings;
    }

    private static async Task FillAsync(HttpClient caller, Uri web, Uri api)
    {
        for (var n = 0; n < Sites; n++)
        {
            using var made = await caller.PostAsJsonAsync("api/v1/sites", new { name = $"Site {n}", interval = "00:00:30", check = new { kind = "http", target = new Uri(n % 2 == 0 ? web : api, $"alive?site={n}") } });
            Assert.True(made.IsSuccessStatusCode, await made.Content.ReadAsStringAsync());
        }

        using var schedule = await caller.PostAsJsonAsync("api/v1/schedules", new { name = "Line", kind = "speed-test", options = new { selfTest = true, duration = "00:00:03", maxMegabytes = 200 }, cadence = new { type = "every", every = "00:01:00" } });
        Assert.True(schedule.IsSuccessStatusCode, await schedule.Content.ReadAsStringAsync());
    }

    private static async Task<long> CountAsync(NpgsqlDataSource rows, string sql)
    {
        await using var command = rows.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync())!;
    }
}
