using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Execution;

namespace Refresher.Testing;

/// <summary>A process of the engine inside the test's: a scheduler, a worker, or neither, on a test's own database.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly Timer _tick;

    private EngineHost(IHost host)
    {
        _host = host;

        // Coravel's second belongs to the scheduler's host; a timer does here.
        _tick = new Timer(_ => host.Services.GetService<TickSignal>()?.Tick(), null, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    public IServiceProvider Services => _host.Services;

    /// <inheritdoc cref="StartWithAsync"/>
    public static Task<EngineHost> StartAsync(TestDatabase database, KindCatalog kinds, string roles = "scheduler,worker", params (string Key, string Value)[] settings) =>
        StartWithAsync(database, kinds, roles, _ => { }, settings);

    /// <param name="roles">Any of <c>scheduler</c> and <c>worker</c>, separated by a comma; empty for a client only.</param>
    /// <param name="more">Adds what only this process has.</param>
    /// <param name="settings">Configuration keys and values; the last of a key holds.</param>
    public static async Task<EngineHost> StartWithAsync(TestDatabase database, KindCatalog kinds, string roles, Action<IHostApplicationBuilder> more, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:refresher"] = database.ConnectionString,
            ["ConnectionStrings:redis"] = database.RedisConnectionString,
        });
        foreach (var (key, value) in settings)
        {
            builder.Configuration[key] = value;
        }

        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Warning);
        builder.AddRefresherData(kinds, maxPoolSize: 15);
        if (roles.Contains("scheduler", StringComparison.Ordinal))
        {
            builder.AddScheduler();
        }

        if (roles.Contains("worker", StringComparison.Ordinal))
        {
            builder.AddWorker(kinds);
        }

        more(builder);
        var app = builder.Build();
        await app.StartAsync();
        await app.Services.GetRequiredService<SchemaGate>().WaitAsync(CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(3));
        return new EngineHost(app);
    }

    /// <summary>Does something with services of its own scope.</summary>
    public async Task<T> WithAsync<TService, T>(Func<TService, Task<T>> act)
        where TService : notnull
    {
        await using var scope = Services.CreateAsyncScope();
        return await act(scope.ServiceProvider.GetRequiredService<TService>());
    }

    public Task StopAsync() => _host.StopAsync();

    /// <summary>Waits until it is told to stop, and stops: what a process does by itself.</summary>
    public Task WaitForStopAsync() => _host.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _tick.DisposeAsync();
        await _host.StopAsync();
        _host.Dispose();
    }
}

/// <summary>Waiting for something that has no signal a test could hear.</summary>
public static class Eventually
{
    /// <summary>Looks until <paramref name="done"/> holds, and returns what was seen.</summary>
    /// <exception cref="TimeoutException">It did not within <paramref name="seconds"/>; the last thing seen is named.</exception>
    public static async Task<T> SeeAsync<T>(Func<Task<T>> look, Func<T, bool> done, double seconds = 60)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while (true)
        {
            var seen = await look();
            if (done(seen))
            {
                return seen;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Not within {seconds} s; last seen: {seen}");
            }

            await Task.Delay(20, CancellationToken.None);
        }
    }
}
