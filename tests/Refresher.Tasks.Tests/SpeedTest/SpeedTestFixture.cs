using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Tasks.SpeedTest;
using Refresher.Testing;

namespace Refresher.Tasks.Tests.SpeedTest;

/// <summary>A database with the schema, and speed tests that are kept in it.</summary>
public sealed class SpeedTestFixture : IAsyncLifetime
{
    private TestDatabase? _database;

    public string ConnectionString => _database!.ConnectionString;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await using var services = Services([]);
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<RefresherDb>().Database.MigrateAsync();
    }

    public async Task DisposeAsync() => await _database!.DisposeAsync();

    /// <summary>What a process has that runs speed tests.</summary>
    public ServiceProvider Services(IEnumerable<KeyValuePair<string, string?>> configuration)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(configuration);
        AddTo(builder);
        return builder.Services.BuildServiceProvider();
    }

    public void AddTo(IHostApplicationBuilder builder)
    {
        builder.Configuration["ConnectionStrings:refresher"] = _database!.ConnectionString;
        builder.Configuration["ConnectionStrings:redis"] = _database.RedisConnectionString;
        builder.Configuration["MasterKey:Value"] ??= "a master key of tests, and of nobody else";
        builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 5);
    }

    /// <summary>Runs a test against servers at these addresses and gives the outcome with the row that was kept.</summary>
    internal async Task<(RunOutcome Outcome, SpeedTestResult Row)> RunAsync(
        SpeedTestOptions options, RunHarness? run = null, CancellationToken cancel = default, params SpeedServer[] servers)
    {
        run ??= new RunHarness();
        var (outcome, id) = await RunFirstAsync(options, run, servers, cancel);
        return (outcome, await RowAsync(id));
    }

    /// <summary>The same where a run may keep more rows than one.</summary>
    internal async Task<(RunOutcome Outcome, Guid Run)> RunFirstAsync(SpeedTestOptions options, RunHarness run, SpeedServer[] servers, CancellationToken cancel = default)
    {
        await using var services = Services([new("SpeedTest:Latitude", "52.52"), new("SpeedTest:Longitude", "13.405"), .. servers.SelectMany(Configuration)]);
        await using var scope = services.CreateAsyncScope();
        var outcome = await ActivatorUtilities.CreateInstance<SpeedTestTask>(scope.ServiceProvider).RunAsync(options, run, cancel);
        return (outcome, run.Id);
    }

    internal async Task<SpeedTestResult> RowAsync(Guid run)
    {
        await using var services = Services([]);
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RefresherDb>().Set<SpeedTestResult>().Include(test => test.Candidates).SingleAsync(test => test.RunId == run);
    }

    private static IEnumerable<KeyValuePair<string, string?>> Configuration(SpeedServer server, int index) =>
    [
        new($"SpeedTest:Servers:{index}:Url", server.Url.ToString()),
        new($"SpeedTest:Servers:{index}:Name", server.Name),
        new($"SpeedTest:Servers:{index}:Country", server.Country),
        new($"SpeedTest:Servers:{index}:CountryCode", server.CountryCode),
        new($"SpeedTest:Servers:{index}:Latitude", server.Latitude?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
        new($"SpeedTest:Servers:{index}:Longitude", server.Longitude?.ToString(System.Globalization.CultureInfo.InvariantCulture)),
    ];
}
