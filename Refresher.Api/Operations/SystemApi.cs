using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Queues;
using Refresher.Core.Queue;

namespace Refresher.Api.Operations;

/// <summary>The system as a whole: whether runs may begin at all.</summary>
internal static class SystemApi
{
    public static void MapSystem(this IEndpointRouteBuilder routes)
    {
        var system = routes.MapGroup("/system").WithTags("System");
        system.MapGet("/", GetAsync).WithSummary("Tells whether all dispatch is held.");
        system.MapPost("/pause", PauseAsync).WithSummary("Holds all dispatch: after the answer no run begins. Schedules come due all the same, and their runs wait.");
        system.MapPost("/resume", ResumeAsync).WithSummary("Lets runs begin again. The time they were held counts as blocked.");
    }

    private static async Task<Ok<SystemView>> GetAsync(QueueHolds holds, CancellationToken cancel) => TypedResults.Ok(SystemView.Of(await holds.ReadAsync(cancel)));

    private static async Task<Results<Ok<SystemView>, ProblemHttpResult>> PauseAsync(JsonBody<PauseInput>? body, QueueCommands commands, CancellationToken cancel)
    {
        var paused = await commands.PauseAsync(QueueHold.Everything, body?.Value.Reason, cancel);
        return paused.Value is { } hold ? TypedResults.Ok(new SystemView(HoldView.Of(hold))) : Problems.Of(paused, "queue", QueueHold.Everything);
    }

    private static async Task<Results<Ok<SystemView>, ProblemHttpResult>> ResumeAsync(QueueCommands commands, CancellationToken cancel)
    {
        var resumed = await commands.ResumeAsync(QueueHold.Everything, cancel);
        return resumed.Value is { } held ? TypedResults.Ok(SystemView.Of(held)) : Problems.Of(resumed, "queue", QueueHold.Everything);
    }
}

/// <summary>The system as a whole.</summary>
/// <param name="Held">The hold of all dispatch; null when runs may begin.</param>
internal sealed record SystemView(HoldView? Held)
{
    public static SystemView Of(HeldQueues held) => new(HoldView.Of(held.Everything));
}
