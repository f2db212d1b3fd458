using System.Globalization;
using System.Text.Json;
using Refresher.Core.Schedules;
using Refresher.Tasks;
using Refresher.Testing;

namespace Refresher.Bench;

/// <summary>What the four services cost while there is nothing to do: schedules that are not due, no sites, nobody who asks.</summary>
internal static class Idle
{
    private static readonly string[] Services = ["Scheduler", "Worker", "Api", "Web"];

    public static async Task RunAsync(BenchOptions options, Figures figures)
    {
        var (schedules, seconds, settle) = (options.Number("schedules", 1000), options.Number("seconds", 60), options.Number("settle", 30));
        await using var database = await TestDatabase.CreateAsync();
        var services = Services.ToDictionary(service => service, service => ServiceProcess.Start(service, service.ToLowerInvariant() + "-1", database, Settings(options)));
        try
        {
            await MakeSchedulesAsync(database, schedules);
            foreach (var service in services.Values)
            {
                await Eventually.SeeAsync(() => Task.FromResult(service.Log.Contains("Application started", StringComparison.Ordinal)), started => started, 120);
            }

            // What a start allocates is not what it costs to stand by.
            await Task.Delay(TimeSpan.FromSeconds(settle));
            var before = services.ToDictionary(service => service.Key, service => service.Value.Cpu);
            await Task.Delay(TimeSpan.FromSeconds(seconds));
            figures.Title(FormattableString.Invariant($"Idle: {schedules:#,##0} schedules that are not due, {seconds} s after {settle} s to settle"));
            var (resident, own, cpu) = (0.0, 0.0, 0.0);
            foreach (var (name, service) in services)
            {
                var used = (service.Cpu - before[name]).TotalSeconds / seconds * 100;
                var (rss, pss) = MemoryOf(service.Id);
                figures.Say($"{name}: resident", rss, "MiB");
                figures.Say($"{name}: processor", used, "% core");
                (resident, own, cpu) = (resident + rss, own + pss, cpu + used);
            }

            figures.Say("Together: resident", resident, "MiB");
            figures.Say("Together: resident, shared pages once", own, "MiB");
            figures.Say("Together: processor", cpu, "% core");
        }
        finally
        {
            await Task.WhenAll(services.Values.Select(service => service.DisposeAsync().AsTask()));
        }
    }

    /// <summary>Settings of the environment that are to be tried go to the services as they are: <c>--env DOTNET_gcConcurrent=0,NAME=VALUE</c>.</summary>
    private static Dictionary<string, string> Settings(BenchOptions options)
    {
        var settings = new Dictionary<string, string> { ["ASPNETCORE_URLS"] = "http://127.0.0.1:0", ["ASPNETCORE_ENVIRONMENT"] = "Production" };
        foreach (var pair in options.Text("env", "").Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)))
        {
            settings[pair[0]] = pair[1];
        }

        return settings;
    }

    /// <summary>Once a year, on different days, none of them near.</summary>
    private static async Task MakeSchedulesAsync(TestDatabase database, int count)
    {
        await using var client = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "");
        for (var n = 0; n < count; n++)
        {
            var cadence = JsonSerializer.SerializeToElement(new { type = "every", every = "365.00:00:00" });
            await client.WithAsync<ScheduleCommands, object?>(async commands =>
                (await commands.CreateAsync(new ScheduleInput { Name = string.Create(CultureInfo.InvariantCulture, $"Once a year {n}"), Kind = "hello", Cadence = cadence, StartAt = DateTimeOffset.UtcNow.AddDays(1 + (n % 300)) }, default)).Value);
        }
    }

    /// <summary>Resident, and with each shared page divided among those who share it (proc(5), smaps_rollup); in MiB.</summary>
    private static (double Resident, double Proportional) MemoryOf(int pid)
    {
        var lines = File.ReadAllLines($"/proc/{pid}/smaps_rollup");
        return (Of("Rss:"), Of("Pss:"));

        double Of(string name) => double.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }
}
