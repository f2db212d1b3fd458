using Microsoft.EntityFrameworkCore;
using Refresher.Core;

namespace Refresher.Tasks.SiteMonitor.Maintenance;

/// <summary>Reads of maintenance windows, shared by pages and end points. The latest made comes first.</summary>
public sealed class MaintenanceQueries(RefresherDb db)
{
    /// <param name="after">The last id of the page before; null for the first page.</param>
    public async Task<Page<MaintenanceWindow>> ListAsync(Guid? after, int limit, CancellationToken cancel)
    {
        var windows = db.Set<MaintenanceWindow>().AsNoTracking();
        windows = after is { } last ? windows.Where(w => w.Id < last) : windows;
        return Page<MaintenanceWindow>.Of(await windows.OrderByDescending(w => w.Id).Take(limit + 1).ToListAsync(cancel), limit, window => window.Id.ToString());
    }

    /// <summary>Those that may be open at or after an instant; at most 500, the latest made first.</summary>
    public Task<List<MaintenanceWindow>> CurrentAsync(DateTimeOffset at, CancellationToken cancel) =>
        db.Set<MaintenanceWindow>().AsNoTracking().Where(w => w.Enabled && (w.To == null || w.To > at || w.Type != MaintenanceType.Once)).OrderByDescending(w => w.Id).Take(500).ToListAsync(cancel);

    /// <summary>Those that are over or switched off; the latest made first.</summary>
    /// <param name="after">The last id of the page before; null for the first page.</param>
    public async Task<Page<MaintenanceWindow>> PastAsync(DateTimeOffset at, Guid? after, int limit, CancellationToken cancel)
    {
        var windows = db.Set<MaintenanceWindow>().AsNoTracking().Where(w => !w.Enabled || (w.Type == MaintenanceType.Once && w.To <= at));
        windows = after is { } last ? windows.Where(w => w.Id < last) : windows;
        return Page<MaintenanceWindow>.Of(await windows.OrderByDescending(w => w.Id).Take(limit + 1).ToListAsync(cancel), limit, window => window.Id.ToString());
    }

    public Task<MaintenanceWindow?> FindAsync(Guid id, CancellationToken cancel) =>
        db.Set<MaintenanceWindow>().AsNoTracking().SingleOrDefaultAsync(w => w.Id == id, cancel);
}
