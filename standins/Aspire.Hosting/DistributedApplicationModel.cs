// Stand-in for Aspire.Hosting: the small types around the builder.
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>Something is wrong with the system as described, or with this machine; the message says what.</summary>
public sealed class DistributedApplicationException : Exception
{
    public DistributedApplicationException()
    {
    }

    public DistributedApplicationException(string message)
        : base(message)
    {
    }

    public DistributedApplicationException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>What the AppHost does: run the system, or write what publishes it.</summary>
public enum DistributedApplicationOperation
{
    Run,
    Publish,
}

/// <summary>Whether the system is being run or published; the stand-in only runs it.</summary>
public sealed class DistributedApplicationExecutionContext(DistributedApplicationOperation operation)
{
    public DistributedApplicationOperation Operation { get; } = operation;

    public bool IsRunMode => Operation is DistributedApplicationOperation.Run;

    public bool IsPublishMode => Operation is DistributedApplicationOperation.Publish;
}

/// <summary>All resources of the system.</summary>
public sealed class DistributedApplicationModel(IResourceCollection resources)
{
    public IResourceCollection Resources { get; } = resources;
}

/// <summary>Where a project of the solution is; the build writes one class per project into <c>Projects</c>.</summary>
public interface IProjectMetadata
{
    /// <summary>The project file.</summary>
    string ProjectPath { get; }

    /// <summary>Whether the project is built already when the AppHost starts.</summary>
    bool SuppressBuild => false;
}

/// <summary>A project whose built program is known.</summary>
public interface IBuiltProject : IProjectMetadata
{
    /// <summary>The program, a <c>.dll</c> that <c>dotnet</c> runs.</summary>
    string TargetPath { get; }
}
