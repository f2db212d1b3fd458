using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>
/// What is public as the database had it at a moment: facts, no colours, so that how things stand can be said anew at any later instant without asking again.
/// Targets, errors, headers and bodies are never read into it.
/// </summary>
/// <param name="Page">Without its items.</param>
/// <param name="Sites">Those that are items, in their order.</param>
/// <param name="Incidents">The open ones and those that ended lately, the latest first.</param>
/// <param name="ReadAt">That moment.</param>
internal sealed record StatusFacts(
    StatusPage Page, IReadOnlyList<SiteFacts> Sites, IReadOnlyList<IncidentFacts> Incidents, IReadOnlyList<MaintenanceWindow> Windows, DateTimeOffset ReadAt);

/// <summary>A public site.</summary>
/// <param name="State">Only what <see cref="SiteStanding"/> looks at, and why the last check failed as a category.</param>
/// <param name="Group">With the tags: which maintenance windows mean it. Shown to nobody.</param>
internal sealed record SiteFacts(StatusItem Item, SiteState State, string Group, IReadOnlyCollection<string> Tags, DateTimeOffset CreatedAt, SiteHistory History);

/// <summary>What is counted of a site.</summary>
/// <param name="Uptime">By window; those without checks are left out.</param>
/// <param name="Days">Of the last 90 days those with checks, the earliest first.</param>
/// <param name="Hours">Of the last 24 hours.</param>
internal sealed record SiteHistory(IReadOnlyDictionary<UptimeWindow, SiteFigures> Uptime, IReadOnlyList<SiteFigures> Days, IReadOnlyList<SiteFigures> Hours)
{
    public static SiteHistory None { get; } = new(new Dictionary<UptimeWindow, SiteFigures>(), [], []);
}

/// <summary>An incident of a public site.</summary>
/// <param name="Lines">Its timeline, the first line first: what the program wrote without its words, and the notes that are public.</param>
internal sealed record IncidentFacts(Guid SiteId, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, CheckFault? Fault, CheckFault? LastFault, IReadOnlyList<IncidentLine> Lines);

/// <summary>A line of a timeline.</summary>
/// <param name="Note">What a person wrote for visitors; null for a line of the program.</param>
internal sealed record IncidentLine(DateTimeOffset At, IncidentUpdateKind Kind, string? Note);
