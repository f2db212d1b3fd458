using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Ui;

namespace Refresher.Tasks.Heartbeats;

/// <summary>What the buttons of heartbeats do.</summary>
internal static class HeartbeatActions
{
    public static void Map(RouteGroupBuilder actions)
    {
        var heartbeat = actions.MapGroup("/heartbeats/{id:guid}");
        heartbeat.MapPost("/pause", async (HttpContext http, Guid id, HeartbeatCommands commands) =>
            http.Back(await commands.PauseAsync(id, http.RequestAborted), paused => $"{paused.Name} is paused: nothing is expected of it."));
        heartbeat.MapPost("/resume", async (HttpContext http, Guid id, HeartbeatCommands commands) =>
            http.Back(await commands.ResumeAsync(id, http.RequestAborted), resumed => $"{resumed.Name} is expected again."));
        heartbeat.MapPost("/rotate", async (HttpContext http, Guid id, HeartbeatCommands commands) =>
            http.Back(await commands.RotateAsync(id, http.RequestAborted), rotated => $"{rotated.Name} has a new address; the one before is refused."));
        heartbeat.MapPost("/delete", DeleteAsync);
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Guid id, HeartbeatCommands commands)
    {
        Result<Heartbeat> result = await commands.DeleteAsync(id, http.RequestAborted);
        if (result.Value is not { } gone)
        {
            return http.Back(result, _ => "");
        }

        new Flash($"{gone.Name} is deleted.").Leave(http);
        return Results.LocalRedirect("/heartbeats");
    }
}
