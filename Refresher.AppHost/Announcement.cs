using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Refresher.AppHost;

/// <summary>Waits until all projects are healthy, writes <c>endpoints.json</c> and tells the user where the system is and how to log in.</summary>
internal sealed partial class Announcement(
    LocalRun local,
    FirstLogin login,
    DistributedApplicationModel model,
    ResourceNotificationService notifications,
    IHostApplicationLifetime lifetime,
    ILogger<Announcement> logger) : BackgroundService
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true };
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    private string EndpointsFile => Path.Combine(local.State, "endpoints.json");

    public static void Add(IDistributedApplicationBuilder builder, LocalRun local, FirstLogin login) =>
        builder.Services.AddHostedService(services => ActivatorUtilities.CreateInstance<Announcement>(services, local, login));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        File.Delete(EndpointsFile);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Directory.CreateDirectory(local.State);
        File.Delete(EndpointsFile);
        var projects = model.Resources.OfType<ProjectResource>().ToList();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        patience.CancelAfter(s_patience);
        try
        {
            await Task.WhenAll(projects.Select(project =>
                notifications.WaitForResourceHealthyAsync(project.Name, WaitBehavior.StopOnResourceUnavailable, patience.Token)));
            await WriteEndpointsAsync(stoppingToken);
            await TellAsync(projects, stoppingToken);
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

    /// <summary>One line a end point, <c>"api/http": "http://localhost:8081"</c>; written in one step, when all is healthy.</summary>
    private async Task WriteEndpointsAsync(CancellationToken cancel)
    {
        var all = model.Resources.OfType<IResourceWithEndpoints>()
            .SelectMany(resource => resource.GetEndpoints())
            .Where(endpoint => endpoint.IsAllocated)
            .ToDictionary(endpoint => $"{endpoint.Resource.Name}/{endpoint.EndpointName}", endpoint => endpoint.Url);
        await File.WriteAllTextAsync(EndpointsFile + ".new", JsonSerializer.Serialize(all, s_json), cancel);
        File.Move(EndpointsFile + ".new", EndpointsFile, overwrite: true);
    }

    private async Task TellAsync(List<ProjectResource> projects, CancellationToken cancel)
    {
        string Url(string name) => projects.Single(project => project.Name == name).GetEndpoint("http").Url;
        await Console.Out.WriteLineAsync($"""

            Refresher is running.
              Web    {Url("web")}   user admin   password {await login.AdminPassword.Resource.GetValueAsync(cancel)}
              Api    {Url("api")}   key {await login.ApiKey.Resource.GetValueAsync(cancel)}
              Both are kept in {Path.Combine(local.State, "credentials.json")}; logs are in {Path.Combine(local.State, "logs")}.
            """);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "The start failed: {Reason}")]
    private static partial void StartFailed(ILogger logger, string reason);
}
