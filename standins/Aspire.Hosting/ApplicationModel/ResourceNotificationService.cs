// Stand-in for Aspire.Hosting: tells how every resource is, and lets one wait for it.
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The states of all resources. A wait for a replicated resource waits for every replica.</summary>
public sealed class ResourceNotificationService
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ResourceEvent> _current = new(StringComparer.OrdinalIgnoreCase);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool TryGetCurrentState(string resourceId, [NotNullWhen(true)] out ResourceEvent? resourceEvent)
    {
        lock (_lock)
        {
            return _current.TryGetValue(resourceId, out resourceEvent);
        }
    }

    /// <summary>Waits until every replica is in the state (Running when null).</summary>
    public async Task WaitForResourceAsync(string resourceName, string? targetState = null, CancellationToken cancellationToken = default)
    {
        var wanted = targetState ?? KnownResourceStates.Running;
        await WaitAsync(resourceName, e => e.Snapshot.State?.Text == wanted, cancellationToken);
    }

    /// <summary>Waits until the predicate holds for every replica; the answer is the last one's event.</summary>
    public Task<ResourceEvent> WaitForResourceAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken = default) =>
        WaitAsync(resourceName, predicate, cancellationToken);

    public Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, CancellationToken cancellationToken = default) =>
        WaitForResourceHealthyAsync(resourceName, WaitBehavior.StopOnResourceUnavailable, cancellationToken);

    /// <exception cref="DistributedApplicationException">It ended or could not start, and <paramref name="waitBehavior"/> says not to wait for more.</exception>
    public async Task<ResourceEvent> WaitForResourceHealthyAsync(string resourceName, WaitBehavior waitBehavior, CancellationToken cancellationToken = default)
    {
        var stop = waitBehavior is WaitBehavior.StopOnResourceUnavailable;
        ResourceEvent? failed = null;
        var last = await WaitAsync(
            resourceName,
            e =>
            {
                if (stop && KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text))
                {
                    failed = e;
                }

                return failed is not null || (e.Snapshot.State?.Text == KnownResourceStates.Running && e.Snapshot.HealthStatus is HealthStatus.Healthy);
            },
            cancellationToken);
        return failed is null ? last : throw new DistributedApplicationException(
            $"Stopped waiting for resource '{failed.ResourceId}' to become healthy because it is {failed.Snapshot.State?.Text}: {ReasonOf(failed.Snapshot)}");
    }

    internal static string ReasonOf(CustomResourceSnapshot snapshot) =>
        snapshot.Properties.FirstOrDefault(p => p.Name == "resource.reason")?.Value as string ?? "no reason is known";

    internal void Publish(ResourceEvent e)
    {
        TaskCompletionSource changed;
        lock (_lock)
        {
            _current[e.ResourceId] = e;
            (changed, _changed) = (_changed, new(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
    }

    private async Task<ResourceEvent> WaitAsync(string resourceName, Func<ResourceEvent, bool> predicate, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            List<ResourceEvent> instances;
            lock (_lock)
            {
                changed = _changed.Task;
                instances = [.. _current.Values.Where(e => Matches(e, resourceName))];
            }

            if (instances.Count > 0 && instances.All(predicate))
            {
                return instances[^1];
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    private static bool Matches(ResourceEvent e, string name) =>
        string.Equals(e.Resource.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(e.ResourceId, name, StringComparison.OrdinalIgnoreCase);
}
