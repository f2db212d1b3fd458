using Refresher.Core.Runs;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of runs do.</summary>
internal static class RunActions
{
    public static void MapRuns(RouteGroupBuilder actions)
    {
        var runs = actions.MapGroup("/runs/{id:guid}");
        runs.MapPost("/cancel", async (HttpContext http, Guid id, RunCommands commands) =>
        {
            var result = await commands.CancelAsync(id, http.User.Identity?.Name ?? "?", http.RequestAborted);
            return http.Back(result, run => run.State == RunState.Cancelled ? "The run is cancelled." : "Its worker was told to stop.");
        });
        runs.MapPost("/retry", async (HttpContext http, Guid id, RunCommands commands) =>
        {
            var result = await commands.RetryAsync(id, http.RequestAborted);
            return result.Value is { } run && run.Id != id && !http.Request.IsFragment()
                ? Results.LocalRedirect($"/runs/{run.Id}")
                : http.Back(result, _ => "It is tried again now.");
        });
    }
}
