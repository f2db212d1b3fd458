using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>A site as the Api shows it: what it is, secrets masked, and how it stands.</summary>
internal sealed record SiteView(
    Guid Id,
    string Key,
    string Name,
    string Group,
    IReadOnlyList<string> Tags,
    string Description,
    bool Enabled,
    CheckSpec Check,
    TimeSpan Interval,
    int FailureThreshold,
    int RecoveryThreshold,
    TimeSpan? Recheck,
    SiteStateView State,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Version)
{
    public static SiteView Of(Site site, DateTimeOffset now, IReadOnlyList<MaintenanceWindow> windows) => new(
        site.Id,
        site.Key,
        site.Name,
        site.Group,
        site.Tags,
        site.Description,
        site.Enabled,
        SiteSecrets.Hide(site.Spec),
        site.Interval,
        site.FailureThreshold,
        site.RecoveryThreshold,
        site.Recheck,
        SiteStateView.Of(site.State!, now, windows.FirstOrDefault(window => MaintenanceRules.Covers(window, site) && MaintenanceRules.OpenAt(window, now) is not null)),
        site.CreatedAt,
        site.UpdatedAt,
        Refresher.Core.Http.ETag.Of(site.Version));
}

/// <summary>How a site stands at the instant of the answer.</summary>
/// <param name="Maintenance">The window that it is in, by its id.</param>
/// <param name="Slowed">Checked at every second instant only, because events pile up.</param>
internal sealed record SiteStateView(
    SiteStatus Status,
    DateTimeOffset Since,
    DateTimeOffset? LastCheckedAt,
    CheckStatus? LastStatus,
    CheckFault? LastFault,
    string? LastError,
    int? LastStatusCode,
    double? LastTotalMs,
    DateTimeOffset? NextCheckAt,
    Guid? IncidentId,
    DateTimeOffset? CertificateExpiresAt,
    Guid? Maintenance,
    bool Slowed)
{
    public static SiteStateView Of(SiteState state, DateTimeOffset now, MaintenanceWindow? window)
    {
        var standing = SiteStanding.Of(state, now);
        return new(
            standing.Status,
            standing.Since,
            state.LastCheckedAt,
            state.LastStatus,
            state.LastFault,
            state.LastError,
            state.LastStatusCode,
            state.LastTotalMs,
            state.NextCheckAt,
            state.IncidentId,
            state.CertificateExpiresAt,
            window?.Id,
            state.Slowed);
    }
}
