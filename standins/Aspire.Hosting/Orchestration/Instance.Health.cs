// Stand-in for Aspire.Hosting: one replica's health.
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

internal sealed partial class Instance
{
    private static readonly TimeSpan s_untilHealthy = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_afterwards = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private async Task WatchHealthAsync(CancellationToken over)
    {
        await BecomeHealthyAsync(over);
        var probes = resource.Annotations.OfType<HealthProbeAnnotation>().ToList();
        string? problem = null;
        while (probes.Count > 0)
        {
            await Task.Delay(s_afterwards, over);
            var found = await ProblemAsync(probes, over);
            if (found != problem)
            {
                Report(found);
                problem = found;
            }
        }
    }

    private async Task BecomeHealthyAsync(CancellationToken over)
    {
        var probes = resource.Annotations.OfType<HealthProbeAnnotation>().ToList();
        string? said = null;
        var waited = System.Diagnostics.Stopwatch.StartNew();
        while ((await ProblemAsync(probes, over) ?? await NotReadyAsync(over)) is { } problem)
        {
            if (waited.Elapsed > s_patience && problem != said)
            {
                NotYet(logger, Id, problem);
                said = problem;
            }

            await Task.Delay(s_untilHealthy, over);
        }

        Publish(KnownResourceStates.Running, health: HealthStatus.Healthy);
        ItIsHealthy(logger, Id);
    }

    private async Task<string?> ProblemAsync(List<HealthProbeAnnotation> probes, CancellationToken over)
    {
        try
        {
            foreach (var probe in probes)
            {
                await probe.Probe(replica, over);
            }

            return null;
        }
        catch (Exception e) when (!over.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    private async Task<string?> NotReadyAsync(CancellationToken over)
    {
        try
        {
            foreach (var ready in resource.Annotations.OfType<OnReadyAnnotation>())
            {
                await ready.Action(over);
            }

            return null;
        }
        catch (Exception e) when (!over.IsCancellationRequested)
        {
            return e.Message;
        }
    }

    private void Report(string? problem)
    {
        if (problem is null)
        {
            ItIsHealthy(logger, Id);
            Publish(KnownResourceStates.Running, health: HealthStatus.Healthy);
        }
        else
        {
            ItIsUnhealthy(logger, Id, problem);
            Publish(KnownResourceStates.Running, reason: problem, health: HealthStatus.Unhealthy);
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} is healthy")]
    private static partial void ItIsHealthy(ILogger logger, string instance);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} is unhealthy: {Problem}")]
    private static partial void ItIsUnhealthy(ILogger logger, string instance, string problem);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} is not healthy yet: {Problem}")]
    private static partial void NotYet(ILogger logger, string instance, string problem);
}
