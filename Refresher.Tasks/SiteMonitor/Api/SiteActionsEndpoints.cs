using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>What may be done with a site besides editing it, and what its checks came to.</summary>
internal static class SiteActionsEndpoints
{
    public static void MapSiteActions(this IEndpointRouteBuilder routes)
    {
        var sites = routes.MapGroup("/sites").WithTags("Sites");
        sites.MapPost("/{id}/pause", (string id, SiteCommands commands, SiteQueries queries, MaintenanceQueries windows, TimeProvider clock, HttpContext http) =>
            SwitchAsync(id, false, commands, queries, windows, clock, http)).WithSummary("Checks it no more until it is resumed; an open incident is closed, and nobody is told.");
        sites.MapPost("/{id}/resume", (string id, SiteCommands commands, SiteQueries queries, MaintenanceQueries windows, TimeProvider clock, HttpContext http) =>
            SwitchAsync(id, true, commands, queries, windows, clock, http)).WithSummary("Checks it again, at once and from the beginning.");
        sites.MapPost("/{id}/check", CheckAsync).WithRequestTimeout(AnswerTime.LongPolicy).WithSummary("Has it checked at once by a worker, and answers with what was found. It counts like any check.");
        sites.MapGet("/{id}/checks", ChecksAsync).WithSummary("Single checks, the latest first.");
        sites.MapGet("/{id}/uptime", UptimeAsync).WithSummary("Uptime and response times over the last 24 hours, 7, 30 and 90 days.");
        sites.MapGet("/{id}/history", HistoryAsync).WithSummary("What the checks came to, hour by hour or day by day; those without checks are left out.");
    }

    private static async Task<Results<Ok<SiteView>, ProblemHttpResult>> SwitchAsync(
        string id, bool enabled, SiteCommands commands, SiteQueries sites, MaintenanceQueries windows, TimeProvider clock, HttpContext http)
    {
        if (await sites.FindAsync(id, http.RequestAborted) is not { } found)
        {
            return Problems.NotFound("site", id);
        }

        var changed = await commands.SetEnabledAsync(found.Id, enabled, http.RequestAborted);
        return changed.Value is not null && await sites.FindAsync(found.Id, http.RequestAborted) is { } site
            ? TypedResults.Ok(await SitesEndpoints.ShowAsync(site, windows, clock, http.Response, http.RequestAborted))
            : Problems.Of(changed, "site", id);
    }

    private static async Task<Results<Ok<CheckView>, ProblemHttpResult>> CheckAsync(string id, SiteQueries sites, CheckNow checkNow, CancellationToken cancel)
    {
        if (await sites.FindAsync(id, cancel) is not { } site)
        {
            return Problems.NotFound("site", id);
        }

        var done = await checkNow.RunAsync(site, cancel);
        return done.Value is { } check ? TypedResults.Ok(check) : Problems.Of(done, "site", id);
    }

    private static async Task<Results<Ok<Page<CheckView>>, ProblemHttpResult>> ChecksAsync(string id, Query<CheckListQuery> query, SiteQueries sites, CheckQueries checks, CancellationToken cancel)
    {
        if (await sites.FindAsync(id, cancel) is not { } site)
        {
            return Problems.NotFound("site", id);
        }

        var (filter, after, limit) = query.Value;
        var page = await checks.ListAsync(site.Id, filter, after, limit, cancel);
        return TypedResults.Ok(new Page<CheckView>([.. page.Items.Select(CheckView.Of)], page.Next));
    }

    private static async Task<Results<Ok<UptimeView>, ProblemHttpResult>> UptimeAsync(string id, SiteQueries sites, UptimeQueries uptime, CancellationToken cancel)
    {
        if (await sites.FindAsync(id, cancel) is not { } site)
        {
            return Problems.NotFound("site", id);
        }

        var windows = new Dictionary<UptimeWindow, FiguresView?>();
        foreach (var window in Enum.GetValues<UptimeWindow>())
        {
            windows[window] = FiguresView.Of((await uptime.OfAsync([site.Id], window, cancel)).GetValueOrDefault(site.Id));
        }

        return TypedResults.Ok(new UptimeView(windows[UptimeWindow.Day], windows[UptimeWindow.Week], windows[UptimeWindow.Month], windows[UptimeWindow.Quarter]));
    }

    private static async Task<Results<Ok<Page<FiguresView>>, ProblemHttpResult>> HistoryAsync(
        string id, Query<SeriesQuery> query, SiteQueries sites, UptimeQueries uptime, TimeProvider clock, CancellationToken cancel)
    {
        if (await sites.FindAsync(id, cancel) is not { } site)
        {
            return Problems.NotFound("site", id);
        }

        var (asked, to) = (query.Value, query.Value.To ?? clock.GetUtcNow());
        var from = asked.From ?? to - (asked.Step == RollupStep.Hour ? TimeSpan.FromHours(48) : TimeSpan.FromDays(90));
        var least = to - (SeriesQuery.Most * asked.Length);
        var read = await uptime.SeriesAsync([site.Id], asked.Step, from > least ? from : least, to, cancel);
        return TypedResults.Ok(new Page<FiguresView>([.. read.Select(figures => FiguresView.Of(figures)!)], null));
    }
}
