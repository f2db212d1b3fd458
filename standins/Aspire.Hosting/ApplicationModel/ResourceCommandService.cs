// Stand-in for Aspire.Hosting: starts, stops and restarts single resources.
namespace Aspire.Hosting.ApplicationModel;

/// <summary>The commands every running resource knows.</summary>
public static class KnownResourceCommands
{
    public static readonly string StartCommand = "start";
    public static readonly string StopCommand = "stop";
    public static readonly string RestartCommand = "restart";
}

/// <summary>What became of a command.</summary>
public sealed class ExecuteCommandResult
{
    public required bool Success { get; init; }

    public string? Message { get; init; }
}

/// <summary>Carries out commands on a resource (all replicas) or on one instance.</summary>
public sealed class ResourceCommandService
{
    private readonly Orchestration.Orchestrator _orchestrator;

    internal ResourceCommandService(Orchestration.Orchestrator orchestrator) => _orchestrator = orchestrator;

    public Task<ExecuteCommandResult> ExecuteCommandAsync(IResource resource, string commandName, CancellationToken cancellationToken = default) =>
        ExecuteCommandAsync(resource.Name, commandName, cancellationToken);

    /// <param name="resourceId">A resource's name, or one instance's (<c>worker-1</c>).</param>
    public async Task<ExecuteCommandResult> ExecuteCommandAsync(string resourceId, string commandName, CancellationToken cancellationToken = default)
    {
        var instances = _orchestrator.Find(resourceId);
        if (instances.Count == 0)
        {
            return new() { Success = false, Message = $"Resource '{resourceId}' not found." };
        }

        if (commandName != KnownResourceCommands.StartCommand && commandName != KnownResourceCommands.StopCommand && commandName != KnownResourceCommands.RestartCommand)
        {
            return new() { Success = false, Message = $"Command '{commandName}' not available for resource '{resourceId}'." };
        }

        foreach (var instance in instances)
        {
            if (commandName != KnownResourceCommands.StartCommand)
            {
                await instance.StopAsync(cancellationToken);
            }

            if (commandName != KnownResourceCommands.StopCommand)
            {
                await instance.BeginAsync();
            }
        }

        return new() { Success = true };
    }
}
