using Microsoft.AspNetCore.Mvc;
using Refresher.Core;
using Refresher.Core.Limits;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of limits do; they are set by a form of its own page.</summary>
internal static class LimitActions
{
    public static void MapLimits(RouteGroupBuilder actions) =>
        actions.MapPost("/limits/delete", async (HttpContext http, [FromQuery] string scope, [FromQuery] string name, LimitCommands commands) =>
        {
            var result = Words<LimitScope>.TryParse(scope, out var known) ? await commands.DeleteAsync(known, name, http.RequestAborted) : Result<Limit>.NotFound;
            return http.Back(result, limit => $"The limit of {Words<LimitScope>.Of(limit.Scope)} {limit.Name} is deleted: what waits for it goes on.");
        });
}
