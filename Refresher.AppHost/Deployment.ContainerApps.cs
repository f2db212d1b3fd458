using Aspire.Hosting.Azure;
using Azure.Provisioning.AppContainers;
using Azure.Provisioning.PostgreSql;

namespace Refresher.AppHost;

internal sealed partial record Stores
{
    static partial void InCloud(
        string target,
        IDistributedApplicationBuilder builder,
        LocalRun local,
        ref IResourceBuilder<IResourceWithConnectionString>? database,
        ref IResourceBuilder<IResourceWithConnectionString>? redis,
        ref IResourceBuilder<IResourceWithConnectionString>? kafka,
        ref bool known)
    {
        if (target == "aca")
        {
            ((database, redis, kafka), known) = (ContainerApps.Stores(builder, local), true);
        }
    }
}

internal static partial class Publishing
{
    static partial void PublishInCloud(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login) => ContainerApps.Publish(builder, parts, login);
}

/// <summary>Azure Container Apps with managed stores. infra/azure/README.md says what comes of it.</summary>
internal static class ContainerApps
{
    /// <summary>Says that every project may ask for more of itself, and at most so many.</summary>
    private const int MostReplicas = 4;

    /// <summary>Event Hubs knows a client by this name and a connection string as the password (Microsoft Learn, "Event Hubs for Apache Kafka", authentication).</summary>
    private const string SaslUser = "$ConnectionString";

    private const string VaultName = "secrets";

    public static (IResourceBuilder<IResourceWithConnectionString> Database, IResourceBuilder<IResourceWithConnectionString> Redis, IResourceBuilder<IResourceWithConnectionString>? Kafka) Stores(
        IDistributedApplicationBuilder builder, LocalRun local)
    {
        builder.AddAzureContainerAppEnvironment("aca");
        var vault = builder.AddAzureKeyVault(VaultName);
        var postgres = builder.AddAzurePostgresFlexibleServer("postgres").WithPasswordAuthentication(vault).ConfigureInfrastructure(EnoughConnections);
        var redis = builder.AddAzureManagedRedis("redis").WithAccessKeyAuthentication(vault);
        return (postgres.AddDatabase("refresher"), redis, local.Kafka ? EventHubs(builder, vault) : null);
    }

    public static void Publish(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login)
    {
        KeepInVault(builder, parts, login);
        Scale(parts.Scheduler, most: 2);
        Scale(parts.Worker, MostReplicas, BusyProcessor());
        Scale(parts.Api, MostReplicas, ManyRequests());
        Scale(parts.Web, MostReplicas, ManyRequests());

        // Names of one's own are bound after the first deployment: a certificate is only given out for a name that points here.
        var domains = builder.Configuration["CustomDomains"] == "true";
        var web = domains ? Domain(builder, parts.Web) : ReferenceExpression.Create($"{parts.Web.GetEndpoint("http")}");
        var api = domains ? Domain(builder, parts.Api) : ReferenceExpression.Create($"{parts.Api.GetEndpoint("http")}");
        foreach (var sender in parts.Senders)
        {
            sender.WithEnvironment("Alerts__PublicUrl", web);
        }

        parts.Web.WithEnvironment("Heartbeats__Address", api);
    }

    /// <summary>The default, B1ms, lets 35 connections in: fewer than one of each process may hold. B2s lets 414 in.</summary>
    private static void EnoughConnections(AzureResourceInfrastructure infrastructure)
    {
        var server = infrastructure.GetProvisionableResources().OfType<PostgreSqlFlexibleServer>().Single();
        server.Sku = new PostgreSqlFlexibleServerSku { Name = "Standard_B2s", Tier = PostgreSqlFlexibleServerSkuTier.Burstable };
    }

    /// <summary>The Kafka end point of Event Hubs; its hubs and what opens them are made by <c>infra/azure/event-hubs.bicep</c>.</summary>
    private static IResourceBuilder<IResourceWithConnectionString> EventHubs(IDistributedApplicationBuilder builder, IResourceBuilder<AzureKeyVaultResource> vault)
    {
        var hubs = builder.AddBicepTemplate("event-hubs", "../infra/azure/event-hubs.bicep").WithParameter("vaultName", vault.Resource.NameOutputReference);
        return builder.AddConnectionString("kafka", ReferenceExpression.Create($"{hubs.GetOutput("bootstrapServers")}"));
    }

    private static void KeepInVault(IDistributedApplicationBuilder builder, Parts parts, FirstLogin login)
    {
        var vault = builder.CreateResourceBuilder(builder.Resources.OfType<AzureKeyVaultResource>().Single(resource => resource.Name == VaultName));
        parts.Scheduler
            .WithEnvironment("FirstLogin__AdminPassword", vault.AddSecret("vault-admin-password", "admin-password", login.AdminPassword).Resource)
            .WithEnvironment("FirstLogin__ApiKey", vault.AddSecret("vault-api-key", "api-key", login.ApiKey).Resource);

        // In place of the parameter that they have elsewhere: who may look at an app is not to read what opens the database.
        var masterKey = vault.AddSecret("vault-master-key", "master-key", login.MasterKey).Resource;
        foreach (var part in parts.All)
        {
            part.WithEnvironment("MasterKey__Value", masterKey);
        }

        if (builder.Resources.Any(resource => resource.Name == "event-hubs"))
        {
            foreach (var part in parts.All)
            {
                Sasl(part, "Producer", vault);
                Sasl(part, "Consumer", vault);
            }
        }
    }

    private static void Sasl(IResourceBuilder<ProjectResource> part, string client, IResourceBuilder<AzureKeyVaultResource> vault) => part
        .WithEnvironment($"Aspire__Confluent__Kafka__{client}__Config__SecurityProtocol", "SaslSsl")
        .WithEnvironment($"Aspire__Confluent__Kafka__{client}__Config__SaslMechanism", "Plain")
        .WithEnvironment($"Aspire__Confluent__Kafka__{client}__Config__SaslUsername", SaslUser)
        .WithEnvironment($"Aspire__Confluent__Kafka__{client}__Config__SaslPassword", vault.GetSecret("event-hubs"));

    /// <summary>Never none: who is at zero sees nothing that is due. A quarter of a core and half a gigabyte each.</summary>
    private static void Scale(IResourceBuilder<ProjectResource> part, int most, ContainerAppScaleRule? rule = null) => part.PublishAsAzureContainerApp((_, app) =>
    {
        app.Template.Scale.MinReplicas = 1;
        app.Template.Scale.MaxReplicas = most;
        if (rule is not null)
        {
            app.Template.Scale.Rules = [rule];
        }

        var container = app.Template.Containers[0].Value!;
        container.Resources = new AppContainerResources { Cpu = 0.25, Memory = "0.5Gi" };
    });

    private static ContainerAppScaleRule BusyProcessor() => new()
    {
        Name = "busy",
        Custom = new ContainerAppCustomScaleRule { CustomScaleRuleType = "cpu", Metadata = { ["type"] = "Utilization", ["value"] = "70" } },
    };

    private static ContainerAppScaleRule ManyRequests() => new()
    {
        Name = "requests",
        Http = new ContainerAppHttpScaleRule { Metadata = { ["concurrentRequests"] = "50" } },
    };

    /// <summary>Parameters <c>web-domain</c> and <c>web-certificate</c>; the certificate is empty until Azure has made it.</summary>
    private static ReferenceExpression Domain(IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> part)
    {
        var domain = builder.AddParameter($"{part.Resource.Name}-domain");
        var certificate = builder.AddParameter($"{part.Resource.Name}-certificate", value: "", publishValueAsDefault: true);
        part.PublishAsAzureContainerApp((_, app) => app.ConfigureCustomDomain(domain, certificate));
        return ReferenceExpression.Create($"https://{domain}");
    }
}
