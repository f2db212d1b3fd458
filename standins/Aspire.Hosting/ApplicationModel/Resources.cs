// Stand-in for Aspire.Hosting: the kinds of resources that run.
namespace Aspire.Hosting.ApplicationModel;

/// <summary>A program with its arguments.</summary>
public class ExecutableResource(string name, string command, string workingDirectory)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport
{
    public string Command { get; } = command;

    public string WorkingDirectory { get; } = workingDirectory;
}

/// <summary>A .NET project of the solution.</summary>
public class ProjectResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithServiceDiscovery, IResourceWithWaitSupport;

/// <summary>A server that the system brings along; in Aspire a container, here a local process.</summary>
public class ContainerResource(string name)
    : Resource(name), IResourceWithEnvironment, IResourceWithArgs, IResourceWithEndpoints, IResourceWithWaitSupport;

/// <summary>Where a server's data outlives it.</summary>
internal sealed class DataVolumeAnnotation(string? name) : IResourceAnnotation
{
    public string? Name { get; } = name;
}
