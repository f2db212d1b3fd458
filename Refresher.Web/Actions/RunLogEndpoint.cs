using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core.Access;
using Refresher.Core.Runs;
using Refresher.Web.Components.Pages.Runs;
using Refresher.Web.Forms;

namespace Refresher.Web.Actions;

/// <summary>The lines of a run's log that follow those already shown.</summary>
internal static class RunLogEndpoint
{
    public static IEndpointRouteBuilder MapRunLog(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs/{id:guid}/log", FollowAsync).RequireAuthorization(Policies.View);
        return routes;
    }

    private static async Task<Results<RazorComponentResult<LogLines>, NotFound>> FollowAsync(HttpContext http, Guid id, long after, string? level, string? find, RunQueries runs)
    {
        // The run first: lines written before its end are then among those read after.
        if (await runs.FindAsync(id, http.RequestAborted) is not { } run)
        {
            return TypedResults.NotFound();
        }

        var filter = LogFilter.Parse(level, find);
        var lines = await runs.LogsAsync(id, after, filter.Level, filter.Find, LogLines.Batch, http.RequestAborted);
        return new RazorComponentResult<LogLines>(new { Run = run, Lines = lines, Filter = filter, After = after });
    }
}
