namespace Refresher.AppHost;

/// <summary>The projects of the system.</summary>
internal sealed record Parts(
    IResourceBuilder<ProjectResource> Scheduler,
    IResourceBuilder<ProjectResource> Worker,
    IResourceBuilder<ProjectResource> Api,
    IResourceBuilder<ProjectResource> Web)
{
    public IReadOnlyList<IResourceBuilder<ProjectResource>> All => [Scheduler, Worker, Api, Web];

    /// <summary>Those that send messages with links in them.</summary>
    public IReadOnlyList<IResourceBuilder<ProjectResource>> Senders => [Worker, Api, Web];
}

/// <summary>What projects are given only where the system is published: in <c>Deployment.cs</c>, which the core set leaves out, since it cannot publish.</summary>
internal static partial class Publishing
{
    public static void Complete(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login)
    {
        if (builder.ExecutionContext.IsPublishMode)
        {
            Publish(builder, parts, login);
        }
    }

    static partial void Publish(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login);
}
