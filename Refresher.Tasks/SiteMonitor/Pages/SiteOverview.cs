using System.Globalization;
using Refresher.Core.Contract;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Ui;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>Sites on the overview: the open incidents, and how many sites stand how.</summary>
internal sealed class SiteOverview(SiteQueries sites, IncidentQueries incidents, TimeProvider clock) : IOverviewPart
{
    /// <summary>Troubles that are named; the rest is counted.</summary>
    private const int Most = 8;

    private static readonly SiteStatus[] Notable = [SiteStatus.Down, SiteStatus.Degraded, SiteStatus.Unknown, SiteStatus.Pending, SiteStatus.Paused];

    public IReadOnlyCollection<string> Topics => [SiteTopics.Changed];

    public async Task<IReadOnlyList<OverviewTrouble>> TroublesAsync(CancellationToken cancel)
    {
        var now = clock.GetUtcNow();
        var counts = await sites.CountsAsync(cancel);
        var open = (await incidents.ListAsync(new IncidentFilter { Open = true }, null, Most, cancel)).Items;
        var troubles = open.Select(incident => new OverviewTrouble("circle-x", $"/incidents/{incident.Id}", $"{incident.SiteName} is down", $"{Instants.Relative(incident.OpenedAt, now)}{(incident.Reason is { } reason ? $": {reason}" : "")}")).ToList();

        // Within maintenance a site may be down without an incident.
        if (counts.GetValueOrDefault(SiteStatus.Down) - open.Count is > 0 and var more)
        {
            troubles.Add(new("circle-x", "/sites?state=down", $"{more} {(open.Count > 0 ? "more " : "")}{(more == 1 ? "site is" : "sites are")} down", ""));
        }

        if (counts.GetValueOrDefault(SiteStatus.Unknown) is > 0 and var unknown)
        {
            troubles.Add(new("help-circle", "/sites?state=unknown", $"Nothing is known of {(unknown == 1 ? "one site" : $"{unknown} sites")}", "Nobody has looked lately, or we are offline ourselves."));
        }

        return troubles;
    }

    public async Task<OverviewFigure?> FigureAsync(CancellationToken cancel)
    {
        var counts = await sites.CountsAsync(cancel);
        if (counts.Count == 0)
        {
            return null;
        }

        var notes = Notable.Where(counts.ContainsKey).Select(status => $"{counts[status]} {SiteWords.Of(status).ToLowerInvariant()}");
        return new("world", "/sites", "Sites up", $"{counts.GetValueOrDefault(SiteStatus.Up).ToString(CultureInfo.InvariantCulture)} of {counts.Values.Sum()}", string.Join(", ", notes) is { Length: > 0 } note ? note : "all of them");
    }
}
