using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>Sites: listed, made, shown, replaced, changed, deleted. <c>{id}</c> is the id or the key.</summary>
internal static class SitesEndpoints
{
    /// <summary>Times a change is made anew over somebody else's when the client did not say which version it saw.</summary>
    private const int Tries = 3;

    public static void MapSites(this IEndpointRouteBuilder routes)
    {
        var sites = routes.MapGroup("/sites").WithTags("Sites");
        sites.MapGet("/", ListAsync).WithSummary("Lists sites by key, with how they stand.");
        sites.MapPost("/", CreateAsync).WithSummary("Makes a site; it is checked at once.");
        sites.MapGet("/{id}", GetAsync).WithSummary("Shows a site and how it stands.");
        sites.MapPut("/{id}", ReplaceAsync).Accepts<SiteInput>("application/json").WithSummary("Replaces a site: what is left out becomes the default. If-Match guards against other edits.");
        sites.MapPatch("/{id}", PatchAsync).Accepts<SiteInput>("application/merge-patch+json", "application/json").WithSummary("Changes what a merge patch (RFC 7396) names: null takes a value away.");
        sites.MapDelete("/{id}", DeleteAsync).WithSummary("Deletes a site with its figures. Its incidents stay.");
    }

    internal static async Task<SiteView> ShowAsync(Site site, MaintenanceQueries windows, TimeProvider clock, HttpResponse response, CancellationToken cancel)
    {
        ETag.Show(response, site.Version);
        var now = clock.GetUtcNow();
        return SiteView.Of(site, now, await windows.CurrentAsync(now, cancel));
    }

    private static async Task<Ok<Page<SiteView>>> ListAsync(Query<SiteListQuery> query, SiteQueries sites, MaintenanceQueries maintenance, TimeProvider clock, CancellationToken cancel)
    {
        var (filter, after, limit) = query.Value;
        var page = await sites.ListAsync(filter, after, limit, cancel);
        var now = clock.GetUtcNow();
        var windows = await maintenance.CurrentAsync(now, cancel);
        return TypedResults.Ok(new Page<SiteView>([.. page.Items.Select(site => SiteView.Of(site, now, windows))], page.Next));
    }

    private static async Task<Results<Created<SiteView>, ProblemHttpResult>> CreateAsync(
        JsonBody<SiteInput> body, SiteCommands commands, SiteQueries sites, MaintenanceQueries windows, TimeProvider clock, HttpResponse response, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is null || await sites.FindAsync(made.Value.Id, cancel) is not { } site
            ? Problems.Of(made, "site", body.Value.Key ?? "")
            : TypedResults.Created($"{ApiGroup.Base}/sites/{site.Id}", await ShowAsync(site, windows, clock, response, cancel));
    }

    private static async Task<Results<Ok<SiteView>, ProblemHttpResult>> GetAsync(
        string id, SiteQueries sites, MaintenanceQueries windows, TimeProvider clock, HttpResponse response, CancellationToken cancel) =>
        await sites.FindAsync(id, cancel) is { } site ? TypedResults.Ok(await ShowAsync(site, windows, clock, response, cancel)) : Problems.NotFound("site", id);

    private static Task<Results<Ok<SiteView>, ProblemHttpResult>> ReplaceAsync(
        string id, JsonBody<JsonObject> body, SiteCommands commands, SiteQueries sites, MaintenanceQueries windows, TimeProvider clock, HttpContext http) =>
        ChangeAsync(id, (_, errors) => SiteReader.Replace(body.Value, errors), commands, sites, windows, clock, http);

    private static Task<Results<Ok<SiteView>, ProblemHttpResult>> PatchAsync(
        string id, JsonBody<JsonObject> body, SiteCommands commands, SiteQueries sites, MaintenanceQueries windows, TimeProvider clock, HttpContext http) =>
        ChangeAsync(id, (stored, errors) => SiteReader.Patch(stored, body.Value, errors), commands, sites, windows, clock, http);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string id, SiteCommands commands, SiteQueries sites, CancellationToken cancel) =>
        await sites.FindAsync(id, cancel) is { } site && await commands.DeleteAsync(site.Id, cancel) is { Value: not null } ? TypedResults.NoContent() : Problems.NotFound("site", id);

    private static async Task<Results<Ok<SiteView>, ProblemHttpResult>> ChangeAsync(
        string id, Func<Site, FieldErrors, SiteInput?> change, SiteCommands commands, SiteQueries sites, MaintenanceQueries windows, TimeProvider clock, HttpContext http)
    {
        var expected = ETag.Expected(http.Request, out var problem);
        if (problem is not null)
        {
            return problem;
        }

        for (var attempt = 1; ; attempt++)
        {
            if (await sites.FindAsync(id, http.RequestAborted) is not { } stored)
            {
                return Problems.NotFound("site", id);
            }

            var errors = new FieldErrors();
            if (change(stored, errors) is not { } input)
            {
                return Problems.Invalid(errors);
            }

            var changed = await commands.UpdateAsync(stored.Id, input, expected ?? stored.Version, http.RequestAborted);
            if (changed.Value is not null && await sites.FindAsync(stored.Id, http.RequestAborted) is { } site)
            {
                return TypedResults.Ok(await ShowAsync(site, windows, clock, http.Response, http.RequestAborted));
            }

            if (changed.Conflict is null || expected is not null || attempt == Tries)
            {
                return Problems.Of(changed, "site", id, expected is null ? StatusCodes.Status409Conflict : StatusCodes.Status412PreconditionFailed);
            }
        }
    }
}
