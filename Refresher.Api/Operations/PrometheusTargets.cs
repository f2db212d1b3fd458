using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core.Queue;
using Refresher.ServiceDefaults.Management;

namespace Refresher.Api.Operations;

/// <summary>Prometheus' HTTP discovery: every process that has announced where its metrics are, so that replicas are scraped one by one.</summary>
internal static class PrometheusTargets
{
    public static void MapPrometheusTargets(this IEndpointRouteBuilder routes) => routes.MapManagement().MapGet("/internal/prometheus-targets", ListAsync);

    /// <summary>Fails when Redis does not answer: Prometheus then goes on with the list it has, where an empty one would end its scrapes.</summary>
    private static async Task<Ok<TargetGroup[]>> ListAsync(NodePresence presence) => TypedResults.Ok<TargetGroup[]>(
        [.. (await presence.ListAsync()).Where(node => node.Metrics is not null).Select(node => new TargetGroup([node.Metrics!], new TargetLabels($"refresher-{node.Role}", node.Name)))]);
}

/// <summary>See https://prometheus.io/docs/prometheus/latest/http_sd/.</summary>
internal sealed record TargetGroup(IReadOnlyList<string> Targets, TargetLabels Labels);

/// <param name="Job">The role.</param>
/// <param name="Node">The process.</param>
internal sealed record TargetLabels(string Job, string Node);
