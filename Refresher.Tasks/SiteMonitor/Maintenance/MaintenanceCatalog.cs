using Microsoft.Extensions.DependencyInjection;

namespace Refresher.Tasks.SiteMonitor.Maintenance;

/// <summary>The windows that are open, read again when that is half a second old: an edit acts within a second in every process.</summary>
internal sealed class MaintenanceCatalog(IServiceScopeFactory scopes, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMilliseconds(500);

    private IReadOnlyList<MaintenanceWindow> _open = [];
    private long? _readAt;

    /// <summary>Two callers may read them at once; both come to the same.</summary>
    public async ValueTask<IReadOnlyList<MaintenanceWindow>> OpenAsync(CancellationToken cancel)
    {
        if (_readAt is not { } readAt || clock.GetElapsedTime(readAt) > Fresh)
        {
            await using var scope = scopes.CreateAsyncScope();
            var now = clock.GetUtcNow();
            var windows = await scope.ServiceProvider.GetRequiredService<MaintenanceQueries>().CurrentAsync(now, cancel);
            _open = windows.FindAll(window => MaintenanceRules.OpenAt(window, now) is not null);
            _readAt = clock.GetTimestamp();
        }

        return _open;
    }
}
