using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Refresher.Core.Data;

namespace Refresher.Core.Execution;

/// <summary>
/// A loop that does one thing again and again for as long as the process lives. It begins when the schema is there, catches in one place,
/// and after an error waits longer each time. Every loop is safe when two processes run it.
/// </summary>
public abstract partial class Loop(SchemaGate gate, ILogger log) : BackgroundService
{
    private readonly Backoff _backoff = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(10));

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await gate.WaitAsync(stoppingToken);
            await BeginAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            return;
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await WaitAsync(stoppingToken);
                await RunOnceAsync(stoppingToken);
                _backoff.Reset();
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception error)
            {
                LogFailed(error, GetType().Name);
                Telemetry.RefresherTelemetry.LoopErrors.Add(1, new KeyValuePair<string, object?>("loop", GetType().Name));
                await _backoff.DelayAsync(stoppingToken);
            }
        }
    }

    /// <summary>What has to be done once, after the schema is there.</summary>
    protected virtual Task BeginAsync(CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Waits for the next round.</summary>
    protected abstract Task WaitAsync(CancellationToken cancel);

    /// <summary>One round. What it throws is logged, counted and tried again.</summary>
    protected abstract Task RunOnceAsync(CancellationToken cancel);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Loop} failed; it goes on after a pause.")]
    private partial void LogFailed(Exception error, string loop);
}
