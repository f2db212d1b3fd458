// Stand-in for Aspire.Hosting: starts the resources in the order of their needs and stops them in reverse.
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>The local processes of the whole system.</summary>
internal sealed partial class Orchestrator(
    DistributedApplicationModel model,
    DistributedApplicationExecutionContext executionContext,
    ResourceNotificationService notifications,
    StateFolder state,
    IConfiguration configuration,
    ILoggerFactory loggers) : IHostedService, IDisposable
{
    private readonly ILogger _logger = loggers.CreateLogger("AppHost");
    private readonly Dictionary<string, ServiceLog> _logs = [];
    private List<Instance> _instances = [];

    public StateFolder State => state;

    public ProcessTable Table { get; } = new(state);

    public ResourceNotificationService Notifications => notifications;

    public DistributedApplicationExecutionContext ExecutionContext => executionContext;

    /// <summary>Makes the local state this process's: stops what a killed predecessor left.</summary>
    public async Task TakeStateAsync()
    {
        await Table.TakeAsync(line => Left(_logger, line));
        state.EmptyTemporary();
    }

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        new Ports(configuration.GetValue("DcpPublisher:RandomizePorts", false)).Allocate(model.Resources);
        _instances = [.. model.Resources
            .Where(resource => resource is not ParameterResource)
            .SelectMany(resource => Enumerable.Range(0, resource.GetReplicaCount()).Select(replica => new Instance(resource, replica, this, _logger)))];
        _instances.ForEach(instance => instance.Announce());
        foreach (var instance in _instances)
        {
            await instance.BeginAsync();
        }
    }

    /// <summary>Stops in reverse: nobody is stopped before all who wait for it are.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var left = _instances.ToList();
        while (left.Count > 0)
        {
            var needed = left.SelectMany(instance => Dependencies(instance.Resource)).ToHashSet();
            var next = left.Where(instance => !needed.Contains(instance.Resource)).ToList();
            if (next.Count == 0)
            {
                next = [left[^1]];
            }

            await Task.WhenAll(next.Select(instance => instance.StopAsync(CancellationToken.None)));
            left.RemoveAll(next.Contains);
        }

        state.EmptyTemporary();
        Table.Release();
    }

    public IReadOnlyList<Instance> Find(string name) =>
        [.. _instances.Where(i => string.Equals(i.Resource.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals(i.Id, name, StringComparison.OrdinalIgnoreCase))];

    public ServiceLog LogOf(string instance)
    {
        if (!_logs.TryGetValue(instance, out var log))
        {
            var shown = configuration.GetValue("detach", false) || configuration.GetValue("Logs:Quiet", false) ? null : instance;
            _logs[instance] = log = new(state.LogOf(instance), shown);
        }

        return log;
    }

    public async Task WaitForDependenciesAsync(IResource resource, CancellationToken cancel)
    {
        foreach (var wait in resource.Annotations.OfType<WaitAnnotation>())
        {
            if (wait.WaitType is WaitType.WaitForCompletion)
            {
                var ended = await notifications.WaitForResourceAsync(wait.Resource.Name, e => KnownResourceStates.TerminalStates.Contains(e.Snapshot.State?.Text), cancel);
                if (ended.Snapshot.ExitCode != wait.ExitCode)
                {
                    throw new DistributedApplicationException($"{wait.Resource.Name} ended with exit code {ended.Snapshot.ExitCode}, {wait.ExitCode} was expected");
                }
            }
            else
            {
                await notifications.WaitForResourceHealthyAsync(wait.Resource.Name, cancel);
            }
        }

        if (resource is IResourceWithParent child)
        {
            await notifications.WaitForResourceHealthyAsync(child.Parent.Name, cancel);
        }
    }

    public void Dispose()
    {
        _instances.ForEach(instance => instance.Dispose());
        foreach (var log in _logs.Values)
        {
            log.Dispose();
        }
    }

    private static IEnumerable<IResource> Dependencies(IResource resource) =>
        resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource)
            .Concat(resource is IResourceWithParent child ? [child.Parent] : []);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Line}")]
    private static partial void Left(ILogger logger, string line);
}
