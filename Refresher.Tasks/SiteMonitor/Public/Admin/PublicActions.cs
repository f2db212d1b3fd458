using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Tasks.SiteMonitor.Sites;
using Refresher.Ui;

namespace Refresher.Tasks.SiteMonitor.Public.Admin;

/// <summary>What the buttons of the page of what is public do.</summary>
internal static class PublicActions
{
    public static void Map(RouteGroupBuilder actions)
    {
        var page = actions.MapGroup("/public").RequireAuthorization(Policies.Administer);
        page.MapPost("/publish", (HttpContext http, StatusPageCommands commands) => PublishAsync(http, commands, published: true));
        page.MapPost("/take-back", (HttpContext http, StatusPageCommands commands) => PublishAsync(http, commands, published: false));
        page.MapPost("/remove", RemoveAsync);
        page.MapPost("/move", async (HttpContext http, [FromQuery] Guid site, [FromQuery] string to, StatusPageCommands commands) =>
            http.Back(await commands.MoveAsync(site, up: to == "up", http.RequestAborted), _ => "Moved."));
    }

    private static async Task<IResult> PublishAsync(HttpContext http, StatusPageCommands commands, bool published) =>
        http.Back(await commands.SetAsync(new StatusPageInput { Published = published }, http.RequestAborted), page => page.Published
            ? "The status page is public: visitors find it at /status and at the front."
            : "The status page is not public any more.");

    private static async Task<IResult> RemoveAsync(HttpContext http, [FromQuery] Guid site, StatusPageCommands commands, SiteQueries sites) =>
        await sites.FindAsync(site, http.RequestAborted) is { } found
            ? http.Back(await commands.RemoveAsync(found, http.RequestAborted), item => $"{item.Name} is not public any more.")
            : http.Back(Result<StatusItem>.NotFound, item => item.Name);
}
