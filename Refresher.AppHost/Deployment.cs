using System.Diagnostics;
using Aspire.Hosting.Kubernetes;

namespace Refresher.AppHost;

// What only the full set of packages has. The core set leaves this file and its neighbours out of the compilation.
internal sealed partial record Stores
{
    static partial void Managed(
        IDistributedApplicationBuilder builder,
        LocalRun local,
        ref IResourceBuilder<IResourceWithConnectionString>? database,
        ref IResourceBuilder<IResourceWithConnectionString>? redis,
        ref IResourceBuilder<IResourceWithConnectionString>? kafka)
    {
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        // Exactly one environment per publish. Dashboards would be one more thing with a login that people have to look after.
        switch (Publishing.TargetOf(builder))
        {
            case "compose":
                builder.AddDockerComposeEnvironment("compose").WithDashboard(enabled: false);
                break;
            case "k8s":
                builder.AddKubernetesEnvironment("k8s").WithDashboard(enabled: false).WithProperties(cluster =>
                {
                    // Without it volumes are empty folders, and a pod that moves loses the database.
                    cluster.DefaultStorageType = "pvc";
                    cluster.DefaultStorageSize = "16Gi";
                    cluster.DefaultStorageReadWritePolicy = "ReadWriteOnce";
                });
                break;
            case var other:
                var known = false;
                InCloud(other, builder, local, ref database, ref redis, ref kafka, ref known);
                if (!known)
                {
                    throw new DistributedApplicationException($"Target is '{other}'; it can be compose, k8s and, where the program was built with it, aca.");
                }

                break;
        }
    }

    /// <summary>In <c>Deployment.ContainerApps.cs</c>, without which a program may be built.</summary>
    static partial void InCloud(
        string target,
        IDistributedApplicationBuilder builder,
        LocalRun local,
        ref IResourceBuilder<IResourceWithConnectionString>? database,
        ref IResourceBuilder<IResourceWithConnectionString>? redis,
        ref IResourceBuilder<IResourceWithConnectionString>? kafka,
        ref bool known);
}

internal static partial class Publishing
{
    /// <summary>azd gives no target, and Container Apps is what it deploys to.</summary>
    public static string TargetOf(IDistributedApplicationBuilder builder) => builder.Configuration["Target"] ?? "aca";

    static partial void Publish(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login)
    {
        foreach (var part in parts.All)
        {
            // A process that does not answer is started again; one that lacks its database is not, since that would not help.
            part.WithAnnotation(Probe(part, ProbeType.Startup, "/alive", seconds: 3, failures: 60))
                .WithAnnotation(Probe(part, ProbeType.Liveness, "/alive", seconds: 15, failures: 4))
                .WithAnnotation(Probe(part, ProbeType.Readiness, "/health", seconds: 10, failures: 3));
        }

        if (TargetOf(builder) == "aca")
        {
            PublishInCloud(builder, parts, login);
            return;
        }

        // Where people find it is not known here. What stands in front is not known either, so nobody's word for a visitor's address counts until Proxy:Known names it.
        var webAddress = builder.AddParameter("web-address");
        var apiAddress = builder.AddParameter("api-address");
        foreach (var sender in parts.Senders)
        {
            sender.WithEnvironment("Alerts__PublicUrl", webAddress);
        }

        parts.Web.WithEnvironment("Heartbeats__Address", apiAddress);
        foreach (var part in parts.All)
        {
            part.DisableForwardedHeaders();
            if (TargetOf(builder) == "k8s")
            {
                part.PublishAsKubernetesService(SpellProbes);
            }
        }

        if (TargetOf(builder) == "k8s")
        {
            WorkersByQueue.Apply(builder, parts.Worker);
        }
    }

    static partial void PublishInCloud(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login);

    /// <summary>The chart says "http" where Kubernetes knows only "HTTP" (Aspire 13.5 and 13.6, <c>KubernetesResource.cs</c>).</summary>
    private static void SpellProbes(KubernetesResource service)
    {
        var containers = service.Workload?.PodTemplate?.Spec.Containers ?? [];
        foreach (var probe in containers.SelectMany(container => new[] { container.StartupProbe, container.LivenessProbe, container.ReadinessProbe }))
        {
            if (probe?.HttpGet is { Scheme: { } scheme } question)
            {
                question.Scheme = scheme.ToUpperInvariant();
            }
        }
    }

    /// <summary>WithHttpProbe would add a health check as well, and two probes of one path cannot be had by it.</summary>
    private static EndpointProbeAnnotation Probe(IResourceBuilder<ProjectResource> part, ProbeType type, string path, int seconds, int failures) => new()
    {
        Type = type,
        EndpointReference = part.GetEndpoint("management"),
        Path = path,
        PeriodSeconds = seconds,
        TimeoutSeconds = 6,
        FailureThreshold = failures,
        SuccessThreshold = 1,
    };
}

internal sealed partial class Observability
{
    static partial void Engine(ref string? engine) => engine = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") ?? "docker";
}

internal static partial class LocalData
{
    static partial void RemoveVolumes(CancellationToken cancel, ref Task removal) => removal = RemoveAsync(cancel);

    private static async Task RemoveAsync(CancellationToken cancel)
    {
        var engine = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") ?? "docker";
        using var process = Process.Start(new ProcessStartInfo(engine, ["volume", "rm", "--force", PostgresVolume, RedisVolume, KafkaVolume, PrometheusVolume, GrafanaVolume]));
        await (process?.WaitForExitAsync(cancel) ?? Task.CompletedTask);
    }
}
