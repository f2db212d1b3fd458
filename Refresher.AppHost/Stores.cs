namespace Refresher.AppHost;

/// <summary>What the projects keep their state in: PostgreSQL, Redis and, if asked for, Kafka.</summary>
internal sealed partial record Stores(
    IResourceBuilder<IResourceWithConnectionString> Database,
    IResourceBuilder<IResourceWithConnectionString> Redis,
    IResourceBuilder<IResourceWithConnectionString>? Kafka)
{
    /// <summary>Managed services where the system is published to a cloud that has them, containers elsewhere.</summary>
    public static Stores Of(IDistributedApplicationBuilder builder, LocalRun local)
    {
        IResourceBuilder<IResourceWithConnectionString>? database = null;
        IResourceBuilder<IResourceWithConnectionString>? redis = null;
        IResourceBuilder<IResourceWithConnectionString>? kafka = null;
        Managed(builder, local, ref database, ref redis, ref kafka);
        LocalData.DiscardIfAsked(builder, local);
        database ??= Postgres(builder, local);
        redis ??= OwnRedis(builder, local);
        if (local.Kafka)
        {
            OwnKafka(builder, local, ref kafka);
            return new(database, redis, kafka ?? throw new DistributedApplicationException("Kafka was asked for, and this program was built without it."));
        }

        return new(database, redis, null);
    }

    static partial void Managed(
        IDistributedApplicationBuilder builder,
        LocalRun local,
        ref IResourceBuilder<IResourceWithConnectionString>? database,
        ref IResourceBuilder<IResourceWithConnectionString>? redis,
        ref IResourceBuilder<IResourceWithConnectionString>? kafka);

    private static IResourceBuilder<PostgresDatabaseResource> Postgres(IDistributedApplicationBuilder builder, LocalRun local)
    {
        var postgres = builder.AddPostgres("postgres");
        return (local.KeepsData ? postgres.WithDataVolume(LocalData.PostgresVolume) : postgres).AddDatabase("refresher");
    }

    private static IResourceBuilder<RedisResource> OwnRedis(IDistributedApplicationBuilder builder, LocalRun local)
    {
        var redis = builder.AddRedis("redis");
        return local.KeepsData ? redis.WithDataVolume(LocalData.RedisVolume).WithPersistence() : redis;
    }

    /// <summary>A broker of our own where none is managed: in <c>Stores.Kafka.cs</c>, without which a program may be built.</summary>
    static partial void OwnKafka(IDistributedApplicationBuilder builder, LocalRun local, ref IResourceBuilder<IResourceWithConnectionString>? kafka);
}

/// <summary>What every project of the system is given.</summary>
internal static class ProjectExtensions
{
    /// <summary>The port of metrics, health and internal end points where the system is published; locally each process has its own.</summary>
    private const int PublishedManagementPort = 9464;

    public static IResourceBuilder<ProjectResource> WithStores(this IResourceBuilder<ProjectResource> project, Stores stores)
    {
        project.WithReference(stores.Database).WaitFor(stores.Database).WithReference(stores.Redis).WaitFor(stores.Redis);
        return stores.Kafka is null ? project : project.WithReference(stores.Kafka).WaitFor(stores.Kafka);
    }

    /// <summary>An end point that is never public and is not among the addresses that ASP.NET Core is told; the process reads <c>Management:Port</c>.</summary>
    public static IResourceBuilder<ProjectResource> WithManagementEndpoint(this IResourceBuilder<ProjectResource> project)
    {
        var published = project.ApplicationBuilder.ExecutionContext.IsPublishMode;
        return project
            .WithHttpEndpoint(targetPort: published ? PublishedManagementPort : null, name: "management", env: "Management__Port")
            .WithEndpoint("management", endpoint => endpoint.ExcludeReferenceEndpoint = true)
            // In a container the loopback is the container's own; who reaches the port is the network's affair.
            .WithEnvironment("Management__Address", published ? "*" : "127.0.0.1");
    }
}
