// Stand-in for Aspire.Hosting: adds projects and executables.
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Orchestration;

namespace Aspire.Hosting;

/// <summary>Adds .NET projects of the solution.</summary>
public static class ProjectResourceBuilderExtensions
{
    /// <summary>Adds a project that was built together with the AppHost.</summary>
    public static IResourceBuilder<ProjectResource> AddProject<TProject>(this IDistributedApplicationBuilder builder, string name)
        where TProject : IProjectMetadata, new()
    {
        var metadata = new TProject() as IBuiltProject
            ?? throw new DistributedApplicationException($"{typeof(TProject)} does not say where its program is; it must come from the AppHost's build.");
        return builder.AddResource(new ProjectResource(name)).WithAnnotation(new LauncherAnnotation((_, _) => Task.FromResult(LaunchOf(metadata))));
    }

    public static IResourceBuilder<ProjectResource> WithReplicas(this IResourceBuilder<ProjectResource> builder, int replicas) =>
        builder.WithAnnotation(new ReplicaAnnotation(replicas));

    private static Launch LaunchOf(IBuiltProject metadata)
    {
        if (!File.Exists(metadata.TargetPath))
        {
            throw new DistributedApplicationException($"{metadata.TargetPath} is not there; build the AppHost's project first.");
        }

        return new(Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet", [metadata.TargetPath])
        {
            WorkingDirectory = Path.GetDirectoryName(metadata.ProjectPath),
        };
    }
}

/// <summary>Adds programs.</summary>
public static class ExecutableResourceBuilderExtensions
{
    /// <param name="builder">The system.</param>
    /// <param name="name">The resource's name.</param>
    /// <param name="command">The program.</param>
    /// <param name="workingDirectory">Its folder, from the AppHost's.</param>
    /// <param name="args">Its arguments.</param>
    public static IResourceBuilder<ExecutableResource> AddExecutable(
        this IDistributedApplicationBuilder builder, string name, string command, string workingDirectory, params string[]? args)
    {
        var folder = Path.GetFullPath(Path.Combine(builder.AppHostDirectory, workingDirectory));
        return builder.AddResource(new ExecutableResource(name, command, folder))
            .WithAnnotation(new LauncherAnnotation((_, _) => Task.FromResult(new Launch(Find(command, folder), args ?? []) { WorkingDirectory = folder })));
    }

    private static string Find(string command, string folder)
    {
        var places = command.Contains('/', StringComparison.Ordinal) ? [folder] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        return places.Select(place => Path.Combine(place, command)).FirstOrDefault(File.Exists)
            ?? throw new DistributedApplicationException($"The program '{command}' is not there.");
    }
}
