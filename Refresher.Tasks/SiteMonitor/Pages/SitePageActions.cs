using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Tasks.SiteMonitor.Api;
using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Maintenance;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Ui;

namespace Refresher.Tasks.SiteMonitor.Pages;

/// <summary>What the buttons on the pages of sites, incidents and maintenance do: each answers with the page it came from and a message on it.</summary>
internal static class SitePageActions
{
    public static void Map(RouteGroupBuilder actions)
    {
        var sites = actions.MapGroup("/sites");
        sites.MapPost("/{id:guid}/pause", (HttpContext http, Guid id, SiteCommands commands) => SwitchAsync(http, id, false, commands));
        sites.MapPost("/{id:guid}/resume", (HttpContext http, Guid id, SiteCommands commands) => SwitchAsync(http, id, true, commands));
        sites.MapPost("/{id:guid}/check", CheckAsync);
        sites.MapPost("/{id:guid}/delete", DeleteAsync);
        sites.MapPost("/bulk", BulkAsync);
        actions.MapPost("/incidents/{id:guid}/note", NoteAsync);
        actions.MapPost("/maintenance/{id:guid}/end", EndAsync);
        actions.MapPost("/maintenance/{id:guid}/delete", DeleteWindowAsync);
    }

    private static async Task<IResult> SwitchAsync(HttpContext http, Guid id, bool enabled, SiteCommands commands) =>
        http.Back(await commands.SetEnabledAsync(id, enabled, http.RequestAborted), site => enabled ? $"{site.Name} is looked at again." : $"{site.Name} is paused.");

    private static async Task<IResult> CheckAsync(HttpContext http, Guid id, SiteQueries sites, CheckNow check)
    {
        if (await sites.FindAsync(id, http.RequestAborted) is not { } site)
        {
            return http.Back(Result<Site>.NotFound, _ => "");
        }

        return http.Back(await check.RunAsync(site, http.RequestAborted), found =>
            string.Create(CultureInfo.InvariantCulture, $"{site.Name}: {SiteWords.Of(SiteWords.StatusOf(found.Status)).ToLowerInvariant()} after {SiteWords.Milliseconds(found.TotalMs)}{(found.Error is { } error ? $": {error}" : ".")}"));
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Guid id, SiteCommands commands)
    {
        var result = await commands.DeleteAsync(id, http.RequestAborted);
        if (result.Value is not { } site)
        {
            return http.Back(result, _ => "");
        }

        new Flash($"{site.Name} is deleted. Its incidents stay.").Leave(http);
        return Results.LocalRedirect("/sites");
    }

    private static async Task<IResult> BulkAsync(HttpContext http, [FromForm(Name = "id")] Guid[]? id, [FromForm(Name = "do")] string? what, SiteCommands commands)
    {
        var ids = (id ?? []).Distinct().Take(Page<Site>.MostLimit).ToArray();
        if (what is not ("pause" or "resume"))
        {
            return http.Back("Choose what to do: pause or resume.", isError: true);
        }

        var done = 0;
        foreach (var one in ids)
        {
            done += (await commands.SetEnabledAsync(one, what == "resume", http.RequestAborted)).Value is null ? 0 : 1;
        }

        return http.Back(what == "pause" ? $"Paused: {done}." : $"Resumed: {done}.", done < ids.Length);
    }

    private static async Task<IResult> NoteAsync(HttpContext http, Guid id, [FromForm] string? text, [FromForm(Name = "public")] string? isPublic, IncidentCommands commands) =>
        http.Back(await commands.NoteAsync(id, new NoteInput { Text = text, Public = isPublic == "true" }, http.RequestAborted), note => note.IsPublic ? "The note is added, for visitors too." : "The note is added.");

    private static async Task<IResult> EndAsync(HttpContext http, Guid id, MaintenanceQueries windows, MaintenanceCommands commands, TimeProvider clock)
    {
        if (await windows.FindAsync(id, http.RequestAborted) is not { } window)
        {
            return http.Back(Result<MaintenanceWindow>.NotFound, _ => "");
        }

        var now = clock.GetUtcNow();
        return MaintenanceRules.OpenAt(window, now) is null
            ? http.Back("It is not open: there is nothing to end.", isError: true)
            : http.Back(await commands.ReplaceAsync(id, MaintenanceForm.Ended(window, now), window.Version, http.RequestAborted), ended => $"{ended.Title} is over.");
    }

    private static async Task<IResult> DeleteWindowAsync(HttpContext http, Guid id, MaintenanceCommands commands) =>
        http.Back(await commands.DeleteAsync(id, http.RequestAborted), window => $"{window.Title} is deleted.");
}
