using System.Text;

namespace Refresher.AppHost;

/// <summary>
/// The configuration of a local Prometheus: infra/prometheus/prometheus.yml with the addresses of what runs here, and without the jobs whose exporter does not.
/// </summary>
internal sealed class PrometheusConfiguration(string appHost, LocalRun local, EndpointReference api, IReadOnlyCollection<Tool> tools)
{
    private const string Job = "  - job_name: ";

    /// <summary>Where a container finds what is on the machine.</summary>
    private const string InContainer = "/etc/prometheus";

    private string Source => Path.GetFullPath(Path.Combine(appHost, "..", "infra", "prometheus"));

    private string Own => Path.Combine(local.State, "observability");

    /// <summary>Has it written when Prometheus starts: by then everybody's port is known.</summary>
    public void Give(Tool? prometheus)
    {
        if (prometheus is null)
        {
            return;
        }

        var (rules, own, data) = prometheus.InContainer
            ? ($"{InContainer}/rules", InContainer, "/prometheus")
            : (Path.Combine(Source, "rules"), Own, Path.Combine(local.State, "data", "prometheus"));
        prometheus
            .Mount("-v", $"{Path.Combine(Source, "rules")}:{InContainer}/rules:ro", "-v", $"{Path.Combine(Own, "prometheus.yml")}:{InContainer}/prometheus.yml:ro", "-v", $"{LocalData.PrometheusVolume}:/prometheus")
            .Listen("--web.listen-address")
            .Arguments("--enable-feature=exemplar-storage", "--storage.tsdb.retention.time=15d", $"--storage.tsdb.path={data}")
            .Arguments(async cancel =>
            {
                Directory.CreateDirectory(Own);
                await File.WriteAllTextAsync(Path.Combine(Own, "prometheus.yml"), await WriteAsync(rules, cancel), cancel);
                return $"--config.file={own}/prometheus.yml";
            });
        prometheus.Resource.WithHttpHealthCheck("/-/ready");
    }

    private async Task<string> WriteAsync(string rules, CancellationToken cancel)
    {
        var addresses = new Dictionary<string, string>(StringComparer.Ordinal) { ["api:9464"] = await AddressAsync(api, cancel) };
        foreach (var tool in tools)
        {
            addresses[tool.Name] = await AddressAsync(tool.Endpoint, cancel);
        }

        var text = (await File.ReadAllTextAsync(Path.Combine(Source, "prometheus.yml"), cancel)).ReplaceLineEndings("\n").Replace("rules/*.yml", $"{rules}/*.yml", StringComparison.Ordinal);
        var written = new StringBuilder(text[..text.IndexOf(Job, StringComparison.Ordinal)]);
        foreach (var job in text[written.Length..].Split(Job, StringSplitOptions.RemoveEmptyEntries))
        {
            if (Known(job, addresses) is { } known)
            {
                written.Append(Job).Append(known);
            }
        }

        return written.ToString();
    }

    /// <summary>The job with addresses of this machine; null when what it asks does not run.</summary>
    private static string? Known(string job, Dictionary<string, string> addresses)
    {
        var name = job[..job.IndexOf('\n', StringComparison.Ordinal)].Trim();
        var (asked, to) = name switch
        {
            "refresher" => ("api:9464", "api:9464"),
            "prometheus" => ("localhost:9090", "prometheus"),
            "containers" => ("cadvisor:8080", "cadvisor"),
            _ => (job[(job.IndexOf('"', StringComparison.Ordinal) + 1)..job.LastIndexOf('"')], $"{name}-exporter"),
        };
        return addresses.TryGetValue(to, out var address) ? job.Replace(asked, address, StringComparison.Ordinal) : null;
    }

    private static async Task<string> AddressAsync(EndpointReference endpoint, CancellationToken cancel) =>
        new Uri(await endpoint.GetValueAsync(cancel) ?? throw new DistributedApplicationException($"{endpoint.Resource.Name} has no address.")).Authority;
}
