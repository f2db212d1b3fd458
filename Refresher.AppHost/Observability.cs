using System.Data.Common;
using System.Globalization;

namespace Refresher.AppHost;

/// <summary>
/// What <c>--observability</c> starts beside the system: Prometheus, the exporters it asks and Grafana. Without containers those run that are on the machine as programs;
/// with them each is a container on the host's network, where it reaches the processes as a program would. All listen on the loopback.
/// </summary>
internal sealed partial class Observability
{
    private const string Loopback = "127.0.0.1";

    private static readonly string[] s_all = ["prometheus", "node-exporter", "postgres-exporter", "redis-exporter", "kafka-exporter", "cadvisor", "grafana"];

    private readonly List<Tool> _tools = [];
    private readonly LocalRun _local;

    private Observability(LocalRun local) => _local = local;

    public static Observability Add(
        IDistributedApplicationBuilder builder, LocalRun local, Stores stores, FirstLogin login, IResourceBuilder<ProjectResource> scheduler, IResourceBuilder<ProjectResource> api)
    {
        var observability = new Observability(local);
        if (local.Observability)
        {
            observability.AddAll(builder, stores, login, scheduler, api);
        }

        return observability;
    }

    /// <summary>What the user is told.</summary>
    public IEnumerable<string> Lines()
    {
        foreach (var tool in _tools.Where(tool => tool.Name is "prometheus" or "grafana"))
        {
            yield return $"{tool.Name switch { "grafana" => "Grafana   ", _ => "Prometheus" }}  {tool.Endpoint.Url}{(tool.Name == "grafana" ? "   user: admin   password: that of Web" : "")}";
        }

        var absent = s_all.Where(name => (name != "kafka-exporter" || _local.Kafka) && _tools.TrueForAll(tool => tool.Name != name)).ToArray();
        if (_local.Observability && absent.Length > 0)
        {
            yield return $"Not there: {string.Join(", ", absent)}{(absent.Contains("grafana") ? "; Grafana needs containers (the full set), its dashboards are in infra/grafana" : "")}.";
        }
    }

    static partial void Engine(ref string? engine);

    private void AddAll(IDistributedApplicationBuilder builder, Stores stores, FirstLogin login, IResourceBuilder<ProjectResource> scheduler, IResourceBuilder<ProjectResource> api)
    {
        var (monitor, reports) = (Role(builder, scheduler, "Monitor"), Role(builder, scheduler, "Reports"));
        Tool.Add(builder, _tools, "node-exporter", "prometheus-node-exporter", "quay.io/prometheus/node-exporter:v1.9.1", Engine())?
            .Mount("--pid=host", "-v", "/:/host:ro,rslave").Listen("--web.listen-address").Container("--path.rootfs=/host");
        Tool.Add(builder, _tools, "postgres-exporter", "prometheus-postgres-exporter", "quay.io/prometheuscommunity/postgres-exporter:v0.17.1", Engine())?
            .Pass("DATA_SOURCE_URI", async cancel => UriOf(await stores.Database.Resource.GetConnectionStringAsync(cancel))).Pass("DATA_SOURCE_USER", "refresher_monitor").Pass("DATA_SOURCE_PASS", monitor)
            .Listen("--web.listen-address").Container("--collector.stat_checkpointer");
        Tool.Add(builder, _tools, "redis-exporter", "prometheus-redis-exporter", "oliver006/redis_exporter:v1.74.0", Engine())?
            .Pass("REDIS_ADDR", async cancel => RedisOf(await stores.Redis.Resource.GetConnectionStringAsync(cancel)).Address)
            .Pass("REDIS_PASSWORD", async cancel => RedisOf(await stores.Redis.Resource.GetConnectionStringAsync(cancel)).Password)
            .Listen("-web.listen-address").Arguments("-skip-tls-verification");
        if (stores.Kafka is { } kafka)
        {
            Tool.Add(builder, _tools, "kafka-exporter", "prometheus-kafka-exporter", "danielqsj/kafka-exporter:v1.9.0", Engine())?
                .Listen("--web.listen-address").Arguments(async cancel => $"--kafka.server={await kafka.Resource.GetConnectionStringAsync(cancel)}");
        }

        // There is no program of cAdvisor's for machines without containers, nor of Grafana's in Debian.
        Tool.Add(builder, _tools, "cadvisor", null, "gcr.io/cadvisor/cadvisor:v0.52.1", Engine())?
            .Mount("--privileged", "--device=/dev/kmsg", "-v", "/:/rootfs:ro", "-v", "/var/run:/var/run:ro", "-v", "/sys:/sys:ro", "-v", "/var/lib/docker/:/var/lib/docker:ro")
            .Arguments($"--listen_ip={Loopback}").Port("--port");
        var prometheus = Tool.Add(builder, _tools, "prometheus", "prometheus", "quay.io/prometheus/prometheus:v3.5.0", Engine());
        new PrometheusConfiguration(builder.AppHostDirectory, _local, api.GetEndpoint("management"), _tools).Give(prometheus);
        prometheus?.Resource.WaitFor(api);
        Tool.Add(builder, _tools, "grafana", null, "docker.io/grafana/grafana:12.1.1", Engine())?
            .Mount("-v", $"{Path.GetFullPath(Path.Combine(builder.AppHostDirectory, "..", "infra", "grafana"))}:/etc/refresher/grafana:ro", "-v", $"{LocalData.GrafanaVolume}:/var/lib/grafana")
            .Pass("GF_PATHS_PROVISIONING", "/etc/refresher/grafana/provisioning").Pass("GF_SECURITY_ADMIN_PASSWORD", login.AdminPassword.Resource)
            .Pass("GF_USERS_ALLOW_SIGN_UP", "false").Pass("GF_AUTH_ANONYMOUS_ENABLED", "false").Pass("GF_ANALYTICS_REPORTING_ENABLED", "false").Pass("GF_ANALYTICS_CHECK_FOR_UPDATES", "false")
            .Pass("GF_SERVER_HTTP_ADDR", Loopback).Pass("GF_SERVER_HTTP_PORT", endpoint => endpoint.Property(EndpointProperty.TargetPort))
            .Pass("PROMETHEUS_URL", async cancel => prometheus is null ? "" : await prometheus.Endpoint.GetValueAsync(cancel) ?? "")
            .Pass("REFRESHER_POSTGRESQL", async cancel => UriOf(await stores.Database.Resource.GetConnectionStringAsync(cancel)).Split('/')[0])
            .Pass("REFRESHER_POSTGRESQL_SSLMODE", async cancel => UriOf(await stores.Database.Resource.GetConnectionStringAsync(cancel)).Split('=')[1])
            .Pass("REFRESHER_DATABASE", async cancel => Text(await stores.Database.Resource.GetConnectionStringAsync(cancel), "Database") ?? "refresher")
            .Pass("REFRESHER_REPORTS_USER", "refresher_reports").Pass("REFRESHER_REPORTS_PASSWORD", reports).Pass("REFRESHER_TRACES_URL", TracesOf(builder));
        foreach (var tool in _tools.Where(tool => tool.Name is "postgres-exporter" or "redis-exporter" or "grafana"))
        {
            // Roles are made by the scheduler when it has brought the schema up to date.
            tool.Resource.WaitFor(scheduler);
        }
    }

    private static string? Engine()
    {
        string? engine = null;
        Engine(ref engine);
        return engine;
    }

    /// <summary>Where the Aspire dashboard shows a trace, up to its id (https://aspire.dev/app-host/configuration/); a link to nowhere when it does not run.</summary>
    private static string TracesOf(IDistributedApplicationBuilder builder) =>
        builder.Configuration["ASPNETCORE_URLS"]?.Split(';')[0] is { Length: > 0 } dashboard ? $"{dashboard}/traces/detail/" : "#";

    /// <summary>A role that the scheduler makes, with a password of its own, and that has no other use.</summary>
    private static ParameterResource Role(IDistributedApplicationBuilder builder, IResourceBuilder<ProjectResource> scheduler, string name)
    {
        var password = builder.AddParameter($"database-{name.ToLowerInvariant()}-password", new GenerateParameterDefault { MinLength = 30, Special = false }, secret: true, persist: true);
        scheduler.WithEnvironment($"DatabaseRoles__{name}__Password", password);
        return password.Resource;
    }

    /// <summary><c>host:port/database?sslmode=…</c>, as programs in Go read it.</summary>
    private static string UriOf(string? connection) =>
        $"{Text(connection, "Host")}:{Text(connection, "Port") ?? "5432"}/{Text(connection, "Database")}?sslmode={(Text(connection, "SSL Mode") ?? "disable").ToLowerInvariant()}";

    private static string? Text(string? connection, string key) =>
        new DbConnectionStringBuilder { ConnectionString = connection ?? "" }.TryGetValue(key, out var value) ? Convert.ToString(value, CultureInfo.InvariantCulture) : null;

    /// <summary><c>host:port,password=…,ssl=true</c> taken apart.</summary>
    private static (string Address, string Password) RedisOf(string? connection)
    {
        var parts = (connection ?? "").Split(',');
        var secure = parts.Any(part => part.Equals("ssl=true", StringComparison.OrdinalIgnoreCase));
        return ($"{(secure ? "rediss" : "redis")}://{parts[0]}", parts.FirstOrDefault(part => part.StartsWith("password=", StringComparison.OrdinalIgnoreCase))?["password=".Length..] ?? "");
    }
}
