using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Data;
using Refresher.Core.Queue;
using StackExchange.Redis;

namespace Refresher.Core.Execution;

/// <summary>Tells every few seconds, and at once when something about it changed, that this process lives and how it is.</summary>
internal sealed partial class NodeReporter(
    NodeRole role, NodeName node, NodePresence presence, LiveSignals signals, TimeProvider clock, IConfiguration configuration,
    IHostApplicationLifetime lifetime, ILogger<NodeReporter> log) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(3);

    /// <summary>What was last heard of this process; null: nothing.</summary>
    private NodeStatus? _said;

    private static string Version { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var stopping = lifetime.ApplicationStopping.Register(role.Changed.Set);
        var startedAt = clock.GetUtcNow();
        var (cpu, at) = (TimeSpan.Zero, clock.GetTimestamp());
        while (!stoppingToken.IsCancellationRequested)
        {
            // Not by Process, which reads a file for each thread.
            var total = Environment.CpuUsage.TotalTime;
            var used = (total - cpu) / Math.Max(1e-3, clock.GetElapsedTime(at).TotalSeconds) / TimeSpan.FromSeconds(1);
            (cpu, at) = (total, clock.GetTimestamp());
            var status = role.Complete(new NodeStatus(node.Value, role.Name, Version, startedAt, clock.GetUtcNow(), Environment.WorkingSet, Math.Round(used, 3))
            {
                Host = Environment.MachineName,
                Metrics = configuration["Management:Port"] is { Length: > 0 } port and not "0" ? $"{configuration["Management:Host"] ?? "127.0.0.1"}:{port}" : null,
            });
            await SayAsync(lifetime.ApplicationStopping.IsCancellationRequested ? status with { State = "stopping" } : status);
            await role.Changed.WaitAsync(Period, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await SayAsync(null);
    }

    /// <param name="status">Null: it goes.</param>
    private async Task SayAsync(NodeStatus? status)
    {
        try
        {
            var isNews = true;
            if (status is null)
            {
                await presence.LeaveAsync(node.Value);
            }
            else
            {
                isNews = await presence.SayAsync(status) || _said is null || !NodePresence.IsSame(_said, status);
            }

            _said = status;
            await signals.PublishAsync(isNews ? [LiveSignal.Workers, LiveSignal.Pulse] : [LiveSignal.Pulse]);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            _said = null;
            LogUnheard(error.Message);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "Presence was not told: {Reason}.")]
    private partial void LogUnheard(string reason);
}

/// <summary>What a process is, and what it has to add about itself.</summary>
/// <param name="Name"><c>worker</c>, <c>scheduler</c>, <c>api</c> or <c>web</c>.</param>
/// <param name="Complete">Fills in what only this role knows.</param>
public sealed record NodeRole(string Name, Func<NodeStatus, NodeStatus> Complete)
{
    /// <summary>Set when there is something new to say.</summary>
    internal Signal Changed { get; } = new();
}
