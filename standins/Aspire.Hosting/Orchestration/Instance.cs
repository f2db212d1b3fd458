// Stand-in for Aspire.Hosting: one replica of a resource, from waiting to its end.
using System.Collections.Immutable;
using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Aspire.Hosting.Orchestration;

/// <summary>One replica. It is started once; when its process ends it says so and why, and nothing restarts it but a command.</summary>
internal sealed partial class Instance(IResource resource, int replica, Orchestrator orchestrator, ILogger logger) : IDisposable
{
    private readonly ServiceLog _log = orchestrator.LogOf(NameOf(resource, replica));
    private CancellationTokenSource _end = new();
    private Task _life = Task.CompletedTask;
    private LocalProcess? _process;
    private bool _stopping;
    private volatile bool _over;

    public IResource Resource => resource;

    public string Id { get; } = NameOf(resource, replica);

    /// <summary>Makes it known, so that a wait for the resource waits for all its replicas.</summary>
    public void Announce() => Publish(KnownResourceStates.NotStarted);

    /// <summary>Starts its life in the background, unless it runs. Whoever has seen that it is over may call this at once.</summary>
    public async Task BeginAsync()
    {
        if (_over)
        {
            await _life;
        }

        if (_life.IsCompleted)
        {
            _end.Dispose();
            _end = new();
            _stopping = _over = false;
            _life = Task.Run(() => LiveAsync(_end.Token));
        }
    }

    /// <summary>Ends its process with grace and waits until it is gone.</summary>
    public async Task StopAsync(CancellationToken cancel)
    {
        if (_life.IsCompleted)
        {
            return;
        }

        _stopping = true;
        await _end.CancelAsync();
        if (_process is { } process)
        {
            Publish(KnownResourceStates.Stopping);
            if (!await process.StopAsync())
            {
                Killed(logger, Id);
            }
        }

        await _life.WaitAsync(cancel);
    }

    public void Dispose() => _end.Dispose();

    private async Task LiveAsync(CancellationToken end)
    {
        try
        {
            Publish(KnownResourceStates.Waiting);
            await orchestrator.WaitForDependenciesAsync(resource, end);
            Publish(KnownResourceStates.Starting);
            if (resource.TryGetLastAnnotation<LauncherAnnotation>(out var launcher))
            {
                await RunAsync(launcher, end);
            }
            else
            {
                await BecomeHealthyAsync(end);
                await Task.Delay(Timeout.Infinite, end);
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            Publish(KnownResourceStates.Finished);
        }
        catch (Exception e)
        {
            FailedToStart(logger, Id, e.Message);
            Publish(KnownResourceStates.FailedToStart, reason: e.Message);
        }
    }

    private async Task RunAsync(LauncherAnnotation launcher, CancellationToken end)
    {
        var launch = await launcher.Prepare(new(replica, orchestrator.State, line => _log.Write(line)), end);
        launch = await ResourceEnvironment.CompleteAsync(launch, resource, replica, orchestrator.ExecutionContext, end);
        using var process = _process = await LocalProcess.StartAsync(Id, launch, _log, orchestrator.Table);
        if (end.IsCancellationRequested)
        {
            // Stopped between the decision to start and the start.
            await process.StopAsync();
        }

        Publish(KnownResourceStates.Running);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(end);
        var health = WatchHealthAsync(over.Token);
        var exitCode = await process.Exited;
        _process = null;
        await over.CancelAsync();
        await health.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Bury();
        Ended(exitCode);
    }

    private void Ended(int exitCode)
    {
        var reason = $"exit code {exitCode}{Unix.SignalOf(exitCode)}";
        if (_stopping || exitCode == 0)
        {
            ItEnded(logger, Id, reason);
            Publish(KnownResourceStates.Finished, exitCode, reason);
            return;
        }

        var last = string.Join(Environment.NewLine, _log.Last.Select(line => "    " + line));
        ItDied(logger, Id, reason, orchestrator.State.LogOf(Id), last);
        Publish(KnownResourceStates.Exited, exitCode, reason + (_log.Last.Count > 0 ? "; its last line: " + _log.Last[^1] : ""));
    }

    private void Publish(string state, int? exitCode = null, string? reason = null, HealthStatus? health = null)
    {
        // What comes after the last word is no more than tidying up; until it is done, a new life waits for it.
        _over = KnownResourceStates.TerminalStates.Contains(state);
        ImmutableArray<ResourcePropertySnapshot> properties = [new("resource.reason", reason), new("executable.pid", _process?.Entry.Pid)];
        orchestrator.Notifications.Publish(new(resource, Id, new()
        {
            ResourceType = resource.GetType().Name,
            Properties = [.. properties.Where(p => p.Value is not null)],
            State = new(state, null),
            ExitCode = exitCode,
            HealthStatus = health,
        }));
    }

    private static string NameOf(IResource resource, int replica) => resource.GetReplicaCount() == 1 ? resource.Name : $"{resource.Name}-{replica + 1}";

    [LoggerMessage(Level = LogLevel.Information, Message = "{Instance} ended: {Reason}")]
    private static partial void ItEnded(ILogger logger, string instance, string reason);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Instance} died: {Reason}. Its log is {Log}; the last lines:\n{Last}")]
    private static partial void ItDied(ILogger logger, string instance, string reason, string log, string last);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Instance} could not be started: {Reason}")]
    private static partial void FailedToStart(ILogger logger, string instance, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Instance} did not stop within its grace time and was killed")]
    private static partial void Killed(ILogger logger, string instance);
}
