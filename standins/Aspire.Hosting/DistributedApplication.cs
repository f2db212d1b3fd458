// Stand-in for Aspire.Hosting: the system, ready to be run.
using System.Reflection;
using System.Runtime.CompilerServices;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Aspire.Hosting.Orchestration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <summary>The whole system. Starting it starts the local processes in order; disposing of it leaves none.</summary>
public sealed class DistributedApplication : IHost, IAsyncDisposable
{
    private readonly IHost _host;
    private bool _started;

    internal DistributedApplication(IHost host) => _host = host;

    public IServiceProvider Services => _host.Services;

    public ResourceNotificationService ResourceNotifications => Services.GetRequiredService<ResourceNotificationService>();

    public ResourceCommandService ResourceCommands => Services.GetRequiredService<ResourceCommandService>();

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) => new DistributedApplicationBuilder(args, Assembly.GetCallingAssembly());

    /// <summary>Starts everything; returns when the starts are under way, not when all is healthy.</summary>
    /// <exception cref="DistributedApplicationException">It runs already, or a port is taken.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        await Services.GetRequiredService<Orchestrator>().TakeStateAsync();
        _started = true;
        await Services.GetRequiredService<IDistributedApplicationEventing>()
            .PublishAsync(new BeforeStartEvent(Services, Services.GetRequiredService<DistributedApplicationModel>()), cancellationToken);
        await _host.StartAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _host.StopAsync(cancellationToken);
        if (_started)
        {
            _started = false;
            await Services.GetRequiredService<Orchestrator>().StopAsync(cancellationToken);
        }
    }

    /// <summary>Runs until Ctrl-C or SIGTERM. With <c>--operation stop</c> it stops the running system instead.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            if (string.Equals(Services.GetRequiredService<IConfiguration>()["AppHost:Operation"], "stop", StringComparison.OrdinalIgnoreCase))
            {
                await StopOtherAsync();
                return;
            }

            await StartAsync(cancellationToken);
            await _host.WaitForShutdownAsync(cancellationToken);
        }
        catch (DistributedApplicationException e)
        {
            await Console.Error.WriteLineAsync(e.Message);
            Environment.ExitCode = 1;
        }
        finally
        {
            await DisposeAsync();
        }
    }

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        if (_host is IAsyncDisposable host)
        {
            await host.DisposeAsync();
        }
    }

    private async Task StopOtherAsync()
    {
        var orchestrator = Services.GetRequiredService<Orchestrator>();
        var stopped = await orchestrator.Table.StopAllAsync(TimeSpan.FromMinutes(2), Console.WriteLine);
        orchestrator.State.EmptyTemporary();
        Console.WriteLine(stopped ? "Stopped." : "Nothing was running.");
    }
}
