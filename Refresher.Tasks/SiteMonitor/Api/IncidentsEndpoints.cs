using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>Incidents: listed, shown with their timeline, and given notes.</summary>
internal static class IncidentsEndpoints
{
    public static void MapIncidents(this IEndpointRouteBuilder routes)
    {
        var incidents = routes.MapGroup("/incidents").WithTags("Incidents");
        incidents.MapGet("/", ListAsync).WithSummary("Lists incidents, the latest first.");
        incidents.MapGet("/{id:guid}", GetAsync).WithSummary("Shows an incident with its timeline.");
        incidents.MapPost("/{id:guid}/notes", NoteAsync).WithSummary("Adds a note to the timeline.");
    }

    private static async Task<Results<Ok<Page<IncidentView>>, ProblemHttpResult>> ListAsync(
        Query<IncidentListQuery> query, SiteQueries sites, IncidentQueries incidents, CancellationToken cancel)
    {
        var (filter, site, after, limit) = query.Value;
        if (site is not null)
        {
            // A site that is gone still has its incidents, by its id.
            var id = (await sites.FindAsync(site, cancel))?.Id ?? (Guid.TryParse(site, out var given) ? given : null);
            if (id is null)
            {
                return Problems.Invalid(new FieldErrors().Add("site", $"There is no site '{(site.Length > 100 ? site[..100] : site)}'."));
            }

            filter = filter with { SiteId = id };
        }

        var page = await incidents.ListAsync(filter, after, limit, cancel);
        return TypedResults.Ok(new Page<IncidentView>([.. page.Items.Select(incident => IncidentView.Of(incident, null))], page.Next));
    }

    private static async Task<Results<Ok<IncidentView>, ProblemHttpResult>> GetAsync(Guid id, IncidentQueries incidents, CancellationToken cancel) =>
        await incidents.FindAsync(id, cancel) is { } incident
            ? TypedResults.Ok(IncidentView.Of(incident, await incidents.UpdatesAsync(id, cancel)))
            : Problems.NotFound("incident", id.ToString());

    private static async Task<Results<Created<IncidentUpdateView>, ProblemHttpResult>> NoteAsync(Guid id, JsonBody<NoteInput> body, IncidentCommands commands, CancellationToken cancel)
    {
        var noted = await commands.NoteAsync(id, body.Value, cancel);
        return noted.Value is { } note ? TypedResults.Created($"{ApiGroup.Base}/incidents/{id}", IncidentUpdateView.Of(note)) : Problems.Of(noted, "incident", id.ToString());
    }
}

/// <summary>An incident as the Api shows it.</summary>
/// <param name="Updates">The timeline; null in lists.</param>
internal sealed record IncidentView(
    Guid Id,
    Guid SiteId,
    string SiteKey,
    string SiteName,
    DateTimeOffset OpenedAt,
    DateTimeOffset ConfirmedAt,
    DateTimeOffset? ClosedAt,
    CheckFault? Fault,
    string? Reason,
    CheckFault? LastFault,
    int FailedChecks,
    IReadOnlyList<IncidentUpdateView>? Updates)
{
    public static IncidentView Of(Incident incident, IReadOnlyList<IncidentUpdate>? updates) => new(
        incident.Id,
        incident.SiteId,
        incident.SiteKey,
        incident.SiteName,
        incident.OpenedAt,
        incident.ConfirmedAt,
        incident.ClosedAt,
        incident.Fault,
        incident.Reason,
        incident.LastFault,
        incident.FailedChecks,
        updates is null ? null : [.. updates.Select(IncidentUpdateView.Of)]);
}

/// <summary>A line of a timeline as the Api shows it.</summary>
/// <param name="Author">Null: this program.</param>
internal sealed record IncidentUpdateView(Guid Id, DateTimeOffset At, IncidentUpdateKind Kind, string Text, string? Author, bool Public)
{
    public static IncidentUpdateView Of(IncidentUpdate update) => new(update.Id, update.At, update.Kind, update.Text, update.Author, update.IsPublic);
}
