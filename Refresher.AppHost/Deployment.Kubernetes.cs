using Aspire.Hosting.Kubernetes;
using Aspire.Hosting.Kubernetes.Resources;

namespace Refresher.AppHost;

/// <summary>
/// Has KEDA (https://keda.sh/docs/latest/scalers/postgresql/) keep as many workers as there is work for. The database is asked and not the queue in Redis: it knows what runs,
/// and what waits for a limit or in a paused queue, where more workers would not help.
/// </summary>
internal static class WorkersByQueue
{
    private const int Most = 10;

    /// <summary>Each process may hold 20, and there are ten workers and three others; PostgreSQL lets 100 in unless it is told.</summary>
    private const string Connections = "300";

    /// <summary>Runs at a time in each worker.</summary>
    private const string RunsEach = "16";

    private const string Query =
        "SELECT count(*) FROM runs WHERE finished_at IS NULL AND (state = 'running' OR (state = 'queued' AND waiting_for IS NULL AND NOT EXISTS (SELECT FROM queue_holds h WHERE h.queue IN (runs.queue, '*'))))";

    /// <summary>A cluster without KEDA refuses the chart with it, so it is asked for: <c>Keda=true</c>.</summary>
    public static void Apply(IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> worker)
    {
        if (builder.Configuration["Keda"] == "true")
        {
            builder.CreateResourceBuilder(builder.Resources.OfType<PostgresServerResource>().Single()).WithArgs("-c", $"max_connections={Connections}");
            worker.WithEnvironment("Worker__Concurrency", RunsEach).PublishAsKubernetesService(service => service.AdditionalResources.Add(Scaler(service)));
        }
    }

    private static ScaledObject Scaler(KubernetesResource service)
    {
        var scaler = new ScaledObject { Spec = { ScaleTargetRef = { Name = service.Workload!.Metadata.Name }, MaxReplicaCount = Most } };
        scaler.Metadata.Name = "worker-by-queue";
        scaler.Spec.Triggers.Add(new ScaledObjectTrigger
        {
            Type = "postgresql",
            Metadata =
            {
                ["host"] = "postgres-service",
                ["port"] = "5432",
                ["userName"] = "postgres",
                ["passwordFromEnv"] = "REFRESHER_PASSWORD",
                ["dbName"] = "refresher",
                ["sslmode"] = "disable",
                ["query"] = Query,
                ["targetQueryValue"] = RunsEach,
            },
        });
        return scaler;
    }
}

/// <summary>KEDA's, as far as it is used here: https://keda.sh/docs/latest/reference/scaledobject-spec/.</summary>
internal sealed class ScaledObject() : BaseKubernetesResource("keda.sh/v1alpha1", nameof(ScaledObject))
{
    public ScaledObjectSpec Spec { get; } = new();
}

/// <summary>Never none: who is at zero renews no lease and sends no alert.</summary>
internal sealed class ScaledObjectSpec
{
    public ScaledObjectTarget ScaleTargetRef { get; } = new();

    /// <summary>Seconds.</summary>
    public int PollingInterval { get; } = 15;

    public int MinReplicaCount { get; } = 1;

    public int MaxReplicaCount { get; set; }

    public List<ScaledObjectTrigger> Triggers { get; } = [];
}

internal sealed class ScaledObjectTarget
{
    public string Name { get; set; } = "";
}

internal sealed class ScaledObjectTrigger
{
    public string Type { get; set; } = "";

    public Dictionary<string, string> Metadata { get; } = [];
}
