using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Refresher.AppHost;

/// <summary>Waits until all projects are healthy, writes <c>endpoints.json</c> and tells the user where the system is and how to log in.</summary>
internal sealed partial class Announcement(
    LocalRun local,
    FirstLogin login,
    Observability observability,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    IHostApplicationLifetime lifetime,
    ILogger<Announcement> logger) : BackgroundService
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private string EndpointsFile => Path.Combine(local.State, "endpoints.json");

    private string PidFile => Path.Combine(local.State, "apphost.pid");

    public static void Add(IDistributedApplicationBuilder builder, LocalRun local, FirstLogin login, Observability observability) =>
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<Announcement>(services, local, login, observability));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        File.Delete(EndpointsFile);
        File.Delete(PidFile);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        File.Delete(EndpointsFile);
        await File.WriteAllTextAsync(PidFile, $"{Environment.ProcessId}\n", stoppingToken);
        var projects = model.Resources.OfType<ProjectResource>().ToList();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(s_patience);
        try
        {
            await Task.WhenAll(projects.Select(project =>
                notifications.WaitForResourceHealthyAsync(project.Name, WaitBehavior.StopOnResourceUnavailable, patience.Token)));
            await WriteEndpointsAsync(stoppingToken);
            await Welcome.SayAsync(local, login, projects, observability.Lines(), stoppingToken);
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            StartFailed(logger, patience.IsCancellationRequested ? $"not everything is healthy after {s_patience.TotalMinutes:0} minutes" : e.Message);
            if (local.Detach)
            {
                Environment.ExitCode = 1;
                lifetime.StopApplication();
            }
        }
    }

    /// <summary>Each end point by its name, <c>"api/http": "http://localhost:8081"</c>; written in one step, when all is healthy.</summary>
    private async Task WriteEndpointsAsync(CancellationToken cancel)
    {
        var all = model.Resources.OfType<IResourceWithEndpoints>()
            .SelectMany(resource => resource.GetEndpoints())
            .Where(endpoint => endpoint.IsAllocated)
            .ToDictionary(endpoint => $"{endpoint.Resource.Name}/{endpoint.EndpointName}", endpoint => endpoint.Url);
        await File.WriteAllTextAsync(EndpointsFile + ".new", JsonSerializer.Serialize(all, s_json), cancel);
        File.Move(EndpointsFile + ".new", EndpointsFile, overwrite: true);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The start failed: {Reason}")]
    private static partial void StartFailed(ILogger logger, string reason);
}
