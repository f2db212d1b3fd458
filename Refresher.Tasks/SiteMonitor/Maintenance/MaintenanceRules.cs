using Refresher.Core.Schedules.Cadences;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Maintenance;

/// <summary>One time of maintenance.</summary>
/// <param name="To">Excluded.</param>
public readonly record struct MaintenanceSpan(DateTimeOffset From, DateTimeOffset To);

/// <summary>When windows are open, and for whom.</summary>
public static class MaintenanceRules
{
    /// <summary>The time of maintenance that an instant lies in; null when it lies in none. A window that is disabled is never open.</summary>
    public static MaintenanceSpan? OpenAt(MaintenanceWindow window, DateTimeOffset at)
    {
        if (!window.Enabled)
        {
            return null;
        }

        if (window.Type == MaintenanceType.Once)
        {
            return window is { From: { } from, To: { } to } && from <= at && at < to ? new(from, to) : null;
        }

        // Beginnings may be closer together than a window is long: then it is open until the last of them is over.
        return Last(window, at) is { } begun && at < begun + window.Duration!.Value ? new(begun, begun + window.Duration.Value) : null;
    }

    /// <summary>The next time of maintenance that begins after an instant; null when none is known.</summary>
    public static MaintenanceSpan? NextAfter(MaintenanceWindow window, DateTimeOffset at)
    {
        if (!window.Enabled)
        {
            return null;
        }

        if (window.Type == MaintenanceType.Once)
        {
            return window is { From: { } from, To: { } to } && from > at ? new(from, to) : null;
        }

        var after = window.From is { } first && first > at ? first - TimeSpan.FromMilliseconds(1) : at;
        return new CronCadence(window.Cron!, window.TimeZone).Next(after, default) is { } begins && !(begins >= window.To) ? new(begins, begins + window.Duration!.Value) : null;
    }

    /// <summary>Whether a site is meant.</summary>
    public static bool Covers(MaintenanceWindow window, Guid site, string group, IReadOnlyCollection<string> tags) =>
        window.AllSites || window.SiteIds.Contains(site) || (group.Length > 0 && window.Groups.Contains(group)) || window.Tags.Any(tags.Contains);

    /// <inheritdoc cref="Covers(MaintenanceWindow, Guid, string, IReadOnlyCollection{string})"/>
    public static bool Covers(MaintenanceWindow window, Site site) => Covers(window, site.Id, site.Group, site.Tags);

    private static DateTimeOffset? Last(MaintenanceWindow window, DateTimeOffset at)
    {
        var cadence = new CronCadence(window.Cron!, window.TimeZone);
        var last = cadence.LatestAtOrBefore(at, default);

        // No window begins at or after the end, but one that has begun before lasts.
        last = window.To is { } to && last >= to ? cadence.LatestAtOrBefore(to - TimeSpan.FromMilliseconds(1), default) : last;
        return last >= window.From || window.From is null ? last : null;
    }
}
