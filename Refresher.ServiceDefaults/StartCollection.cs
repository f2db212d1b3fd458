using Microsoft.Extensions.Hosting;

namespace Refresher.ServiceDefaults;

/// <summary>
/// Gives back what only the start needed: it fills the heap with what is soon dead, and a service that then mostly waits would not collect it for hours.
/// </summary>
/// <remarks>What it brings is in docs/decisions/0115-services-that-wait.md; it stops the process once, for some ten milliseconds.</remarks>
internal sealed class StartCollection(IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>How long after the start; caches are full and first connections made by then.</summary>
    internal TimeSpan Settled { get; init; } = TimeSpan.FromSeconds(20);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var listening = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        await Task.Delay(Settled, stoppingToken);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
    }
}
