using Refresher.Core.Alerts;
using Refresher.Core.Outbox;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor;

/// <summary>What of a site can turn for worse and be told of.</summary>
public static class SiteConditions
{
    public const string Down = "site.down";

    public const string Degraded = "site.degraded";

    public const string Certificate = "site.certificate";

    public static IReadOnlyList<AlertCondition> All { get; } =
    [
        new(Down, "Site down", "Site up", "Begins when as many checks in a row have failed as the site's failure threshold says, and is over when as many were answered as its recovery threshold says."),
        new(Degraded, "Site slow", "Site fast again", "Begins when as many checks in a row took longer than the site allows, and is over when as many did not. It goes on while the site is down."),
        new(Certificate, "Certificate expiring", "Certificate renewed", "Begins once for each certificate, as many days before it expires as the site says, and is over when another one is seen."),
    ];

    /// <summary>A change of a site, to be completed by whoever noticed it.</summary>
    internal static StateChange Change(Site site, string condition, Guid episode, bool active, DateTimeOffset at, DateTimeOffset since) => new()
    {
        EpisodeId = episode,
        Condition = condition,
        Active = active,
        SubjectId = site.Id.ToString(),
        SubjectName = site.Name,
        Tags = site.Tags,
        At = at,
        Since = since,
        Path = PathOf(site.Id),
    };

    internal static string PathOf(Guid site) => $"/sites/{site}";

    internal static NewEvent EventOf(StateChange change) => NewEvent.Of(Topics.SiteStatus, StateChange.EventType, change.SubjectId, change, AlertJson.Default.StateChange);
}
