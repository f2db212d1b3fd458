using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Http;

namespace Refresher.Tasks.Heartbeats;

/// <summary>Heartbeats by REST. What jobs call is in <see cref="BeatEndpoints"/>.</summary>
internal static class HeartbeatEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapApiGroup().MapGroup("/heartbeats").WithTags("Heartbeats");
        api.MapGet("/", ListAsync).WithSummary("Lists heartbeats by key, without their addresses.");
        api.MapPost("/", CreateAsync).WithSummary("Makes a heartbeat; the answer has the address to call.");
        api.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a heartbeat, and to who may operate the address to call.");
        api.MapPut("/{id:guid}", ReplaceAsync).WithSummary("Replaces what was set; what was heard stays, and what is expected next is reckoned anew.");
        api.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Deletes a heartbeat with what was heard of it.");
        api.MapGet("/{id:guid}/beats", BeatsAsync).WithSummary("What was heard of it, the last first: at most 1,000 calls and 90 days.");
        Act(api, "pause", "Expects nothing of it any more; calls are still kept.", (commands, id, cancel) => commands.PauseAsync(id, cancel));
        Act(api, "resume", "Expects it again, a whole period from now or at the next time of its cron expression.", (commands, id, cancel) => commands.ResumeAsync(id, cancel));
        Act(api, "rotate", "Gives it a new address; the one before is refused from the answer on.", (commands, id, cancel) => commands.RotateAsync(id, cancel));
    }

    private static void Act(RouteGroupBuilder api, string verb, string summary, Func<HeartbeatCommands, Guid, CancellationToken, Task<Result<Heartbeat>>> act) => api.MapPost(
        $"/{{id:guid}}/{verb}",
        async Task<Results<Ok<HeartbeatView>, ProblemHttpResult>> (Guid id, HeartbeatCommands commands, BeatTokens tokens, TimeProvider clock, CancellationToken cancel) =>
            Answer(await act(commands, id, cancel), id, tokens, clock)).WithSummary(summary);

    private static async Task<Ok<Page<HeartbeatView>>> ListAsync(Query<HeartbeatListQuery> query, HeartbeatQueries heartbeats, TimeProvider clock, CancellationToken cancel)
    {
        var page = await heartbeats.ListAsync(query.Value.Filter, query.Value.After, query.Value.Limit, cancel);
        var now = clock.GetUtcNow();
        return TypedResults.Ok(new Page<HeartbeatView>([.. page.Items.Select(heartbeat => HeartbeatView.Of(heartbeat, now))], page.Next));
    }

    private static async Task<Results<Created<HeartbeatView>, ProblemHttpResult>> CreateAsync(
        JsonBody<HeartbeatInput> body, HeartbeatCommands commands, BeatTokens tokens, TimeProvider clock, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } heartbeat
            ? TypedResults.Created($"{ApiGroup.Base}/heartbeats/{heartbeat.Id}", HeartbeatView.Of(heartbeat, clock.GetUtcNow(), tokens))
            : Problems.Of(made, "heartbeat", body.Value.Key ?? "");
    }

    private static async Task<Results<Ok<HeartbeatView>, ProblemHttpResult>> GetAsync(Guid id, HttpContext http, HeartbeatQueries heartbeats, BeatTokens tokens, TimeProvider clock, CancellationToken cancel) =>
        await heartbeats.FindAsync(id, cancel) is { } heartbeat ? TypedResults.Ok(HeartbeatView.Of(heartbeat, clock.GetUtcNow(), Policies.Allow(http.User, Policies.Operate) ? tokens : null)) : Problems.NotFound("heartbeat", id.ToString());

    private static async Task<Results<Ok<HeartbeatView>, ProblemHttpResult>> ReplaceAsync(
        Guid id, JsonBody<HeartbeatInput> body, HeartbeatCommands commands, BeatTokens tokens, TimeProvider clock, CancellationToken cancel) =>
        Answer(await commands.ReplaceAsync(id, body.Value, cancel), id, tokens, clock);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, HeartbeatCommands commands, CancellationToken cancel)
    {
        var deleted = await commands.DeleteAsync(id, cancel);
        return deleted.Value is null ? Problems.Of(deleted, "heartbeat", id.ToString()) : TypedResults.NoContent();
    }

    private static async Task<Results<Ok<Page<BeatView>>, ProblemHttpResult>> BeatsAsync(Guid id, Query<BeatListQuery> query, HeartbeatQueries heartbeats, CancellationToken cancel)
    {
        if (await heartbeats.FindAsync(id, cancel) is null)
        {
            return Problems.NotFound("heartbeat", id.ToString());
        }

        var page = await heartbeats.BeatsAsync(id, query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<BeatView>([.. page.Items.Select(BeatView.Of)], page.Next));
    }

    private static Results<Ok<HeartbeatView>, ProblemHttpResult> Answer(Result<Heartbeat> result, Guid id, BeatTokens tokens, TimeProvider clock) =>
        result.Value is { } heartbeat ? TypedResults.Ok(HeartbeatView.Of(heartbeat, clock.GetUtcNow(), tokens)) : Problems.Of(result, "heartbeat", id.ToString());
}
