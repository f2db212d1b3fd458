using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Refresher.ServiceDefaults.Management;

/// <summary>The port of a process that only its operators reach, beside the public ones it may have.</summary>
public sealed class ManagementPort(IOptions<ManagementOptions> options, IServer server, IConfiguration configuration) : IHostedLifecycleService
{
    private const string KestrelEndpoints = "Kestrel:Endpoints";

    private int? _number = options.Value.Port is > 0 and var given ? given : null;

    /// <summary>The number, or null: there is no management port, or a free one is not taken yet.</summary>
    public int? Number => _number;

    /// <summary>Whether the request came in by this port. Nothing that a client can write into a request has a say in it.</summary>
    public bool Received(HttpContext context) => _number is { } number && context.Connection.LocalPort == number;

    /// <summary>Adds the port to the addresses before the server binds them: <c>KestrelServerOptions.Listen</c> would replace the configured ones.</summary>
    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Port is not { } port || server.Features.Get<IServerAddressesFeature>()?.Addresses is not { IsReadOnly: false } addresses)
        {
            return Task.CompletedTask;
        }

        if (addresses.Count == 0)
        {
            foreach (var address in ConfiguredAddresses())
            {
                addresses.Add(address);
            }
        }

        var clash = addresses.FirstOrDefault(address => port != 0 && BindingAddress.Parse(address).Port == port);
        if (clash is not null)
        {
            throw new InvalidOperationException($"Management:Port is {port}, which is public already ({clash}). Choose another, or 0 for a free one.");
        }

        var own = $"http://{options.Value.Address}:{port}";
        if (configuration.GetSection(KestrelEndpoints).GetChildren().Any())
        {
            // These end points replace all addresses, so the port has to be one of them.
            configuration[$"{KestrelEndpoints}:Management:Url"] = port > 0 ? own : throw new InvalidOperationException($"Management:Port must not be 0 beside {KestrelEndpoints}.");
        }
        else
        {
            addresses.Add(own);
        }

        return Task.CompletedTask;
    }

    /// <summary>A free port is known once the server has taken it; addresses keep their order.</summary>
    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken)
    {
        if (options.Value.Port == 0 && server.Features.Get<IServerAddressesFeature>()?.Addresses.LastOrDefault() is { } own)
        {
            _number = BindingAddress.Parse(own).Port;
        }

        return Task.CompletedTask;
    }

    Task IHostedService.StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedService.StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What the server would listen on by itself: the addresses, or else the ports, of the host's configuration.</summary>
    private IEnumerable<string> ConfiguredAddresses()
    {
        var urls = Parts(WebHostDefaults.ServerUrlsKey).ToList();
        return urls.Count > 0
            ? urls
            : Parts(WebHostDefaults.HttpPortsKey).Select(port => $"http://*:{port}").Concat(Parts(WebHostDefaults.HttpsPortsKey).Select(port => $"https://*:{port}"));
    }

    private string[] Parts(string key) =>
        (configuration[key] ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
