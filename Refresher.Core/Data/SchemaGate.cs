using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Refresher.Core.Data;

/// <summary>Opens when the database has at least this program's schema and the clock is set; every loop waits at it.</summary>
public sealed class SchemaGate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsOpen => _open.Task.IsCompletedSuccessfully;

    public Task WaitAsync(CancellationToken cancel) => _open.Task.WaitAsync(cancel);

    internal void Open() => _open.TrySetResult();
}

/// <summary>Looks whether the schema has come, and opens the gate. A newer schema than ours is fine: each release runs on the next one's.</summary>
internal sealed partial class SchemaWatch(SchemaGate gate, ClusterClock clock, IServiceScopeFactory scopes, ILogger<SchemaWatch> log) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var wait = new Backoff(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(2));
        string? said = null;
        while (!stoppingToken.IsCancellationRequested)
        {
            var waitingFor = await WhatIsMissingAsync(stoppingToken);
            if (waitingFor is null)
            {
                await clock.Synchronized.WaitAsync(stoppingToken);
                gate.Open();
                return;
            }

            if (waitingFor != said)
            {
                LogWaiting(said = waitingFor);
            }

            await wait.DelayAsync(stoppingToken);
        }
    }

    private async Task<string?> WhatIsMissingAsync(CancellationToken cancel)
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var database = scope.ServiceProvider.GetRequiredService<RefresherDb>().Database;
            var missing = (await SchemaVersion.PendingAsync(database, cancel)).Count;
            return missing == 0 ? null : $"{missing} migration(s), which a scheduler applies at its start";
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return "nothing any more: stopping";
        }
        catch (Exception error)
        {
            return $"PostgreSQL: {error.GetBaseException().Message}";
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Waiting for {Missing}.")]
    private partial void LogWaiting(string missing);
}
