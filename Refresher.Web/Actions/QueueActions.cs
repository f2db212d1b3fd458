using Microsoft.AspNetCore.Mvc;
using Refresher.Core.Queue;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of queues do, and that of all dispatch.</summary>
internal static class QueueActions
{
    public static void MapQueues(RouteGroupBuilder actions)
    {
        var queue = actions.MapGroup("/queues/{name}");
        queue.MapPost("/pause", (HttpContext http, string name, [FromForm] string? reason, QueueCommands commands) => PauseAsync(http, name, reason, commands));
        queue.MapPost("/resume", (HttpContext http, string name, QueueCommands commands) => ResumeAsync(http, name, commands));
        actions.MapPost("/system/pause", (HttpContext http, [FromForm] string? reason, QueueCommands commands) => PauseAsync(http, QueueHold.Everything, reason, commands));
        actions.MapPost("/system/resume", (HttpContext http, QueueCommands commands) => ResumeAsync(http, QueueHold.Everything, commands));
    }

    private static async Task<IResult> PauseAsync(HttpContext http, string name, string? reason, QueueCommands commands) =>
        http.Back(await commands.PauseAsync(name, reason, http.RequestAborted), hold => hold.Queue == QueueHold.Everything
            ? "All dispatch is held: no run begins until you resume it."
            : $"The queue {hold.Queue} is paused: none of its runs begins until you resume it.");

    private static async Task<IResult> ResumeAsync(HttpContext http, string name, QueueCommands commands) =>
        http.Back(await commands.ResumeAsync(name, http.RequestAborted), held => held switch
        {
            { Everything: not null } => $"The queue {name} is resumed, but all dispatch is still held.",
            { Holds.Count: > 0 } => "Resumed. Some queues are still paused.",
            _ => "Resumed: what waits runs now.",
        });
}
