using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Checking;

/// <summary>A site that this worker has claimed for one check.</summary>
/// <param name="ClaimId">The id of the check to be made.</param>
/// <param name="DueAt">The instant at which it is to begin.</param>
/// <param name="Site">As it was when it was claimed, without its state.</param>
/// <param name="Spec">With its secrets open; null when they cannot be read.</param>
internal sealed record DueSite(Guid ClaimId, DateTimeOffset DueAt, Site Site, CheckSpec? Spec)
{
    public SitePolicy Policy => new(Site.FailureThreshold, Site.RecoveryThreshold, Site.EffectiveRecheck, Site.Spec.Kind == SiteKind.Http ? (Site.Spec.Http ?? new HttpCheck()).CertificateDays : null);
}

/// <summary>A check that was made.</summary>
/// <param name="CheckedAt">When it began.</param>
internal sealed record DoneCheck(DueSite Due, DateTimeOffset CheckedAt, CheckResult Result)
{
    /// <summary>The context of its span; null when nobody listens.</summary>
    public string? Trace { get; init; }
}
