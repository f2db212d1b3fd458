using System.Diagnostics;

namespace Refresher.AppHost;

// What only the full set of packages has. The core set leaves this file out of the compilation.
internal sealed partial record Stores
{
    static partial void Managed(
        IDistributedApplicationBuilder builder,
        ref IResourceBuilder<IResourceWithConnectionString>? database,
        ref IResourceBuilder<IResourceWithConnectionString>? redis)
    {
        if (!builder.ExecutionContext.IsPublishMode)
        {
            return;
        }

        // Exactly one environment per publish. azd gives no target, and Container Apps is what it deploys to.
        switch (builder.Configuration["Target"] ?? "aca")
        {
            case "aca":
                builder.AddAzureContainerAppEnvironment("aca");
                database = builder.AddAzurePostgresFlexibleServer("postgres").WithPasswordAuthentication().AddDatabase("refresher");
                redis = builder.AddAzureManagedRedis("redis").WithAccessKeyAuthentication();
                break;
            case "compose":
                builder.AddDockerComposeEnvironment("compose");
                break;
            case "k8s":
                builder.AddKubernetesEnvironment("k8s");
                break;
            case var other:
                throw new DistributedApplicationException($"Target is '{other}'; it can be aca, compose or k8s.");
        }
    }
}

internal static partial class LocalData
{
    static partial void RemoveVolumes(CancellationToken cancel, ref Task removal) => removal = RemoveAsync(cancel);

    private static async Task RemoveAsync(CancellationToken cancel)
    {
        var engine = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME") ?? "docker";
        using var process = Process.Start(new ProcessStartInfo(engine, ["volume", "rm", "--force", PostgresVolume, RedisVolume, KafkaVolume]));
        await (process?.WaitForExitAsync(cancel) ?? Task.CompletedTask);
    }
}
