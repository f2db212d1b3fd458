using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>What is said with the form of a speed test: that a server has to be chosen, or else how much data it will move.</summary>
internal static class SpeedTestNotice
{
    private const int DaysOfMonth = 30;

    // The process that shows the form may be configured unlike the workers, so that this is a hint; the worker decides.
    private static readonly KindNotice ServerNeeded = new(
        "No server is chosen yet: nothing public is contacted before you do. Switch a directory on or name a server under Speed → Servers, or add one to the configuration of the workers, and of the admin for its address to be offered here.",
        [
            new("appsettings.json", """{ "SpeedTest": { "Servers": [ { "Url": "https://speed.example.org/backend", "Name": "Example" } ] } }"""),
            new("Environment", "SpeedTest__Servers__0__Url=https://speed.example.org/backend"),
        ]);

    public static KindNotice? For(IReadOnlyList<SpeedTestOptions> options, IServiceProvider services)
    {
        var lines = options.Where(one => !one.SelfTest).ToArray();
        return lines.Length == 0 ? null : HasServer(services) ? new KindNotice(Cost(lines.Max(one => one.MaxMegabytes)), []) : ServerNeeded;
    }

    /// <summary>The most data of tests of a size, for the usual cadences.</summary>
    public static string Cost(int megabytes) =>
        $"Each test moves at most {megabytes} MB: {PerMonth(megabytes, 1)} GB a month when it runs daily, {PerMonth(megabytes, 4)} GB every six hours, {PerMonth(megabytes, 24)} GB hourly, {PerMonth(megabytes, 96)} GB every quarter of an hour. A test that confirms a bad one comes on top.";

    /// <summary>GB (10⁹ bytes) in a month of thirty days.</summary>
    public static string PerMonth(double megabytes, int testsPerDay) => (megabytes * testsPerDay * DaysOfMonth / 1000).ToString("0.#", CultureInfo.InvariantCulture);

    private static bool HasServer(IServiceProvider services)
    {
        var settings = services.GetRequiredService<IOptionsMonitor<SpeedTestSettings>>().CurrentValue;
        if (settings.Servers.Count > 0 || settings.Directories.Count > 0)
        {
            return true;
        }

        // The page that asks may be reading over its own connection at the same time.
        using var scope = services.CreateScope();
        return scope.ServiceProvider.GetService<RefresherDb>() is { } db && (db.Set<DirectoryState>().Any(d => d.Enabled) || db.Set<KnownServer>().Any(s => s.Directory == OwnServers.Name && !s.Configured));
    }
}
