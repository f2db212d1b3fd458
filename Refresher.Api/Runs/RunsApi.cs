using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Refresher.Core.Contract;
using Refresher.Core.Queue;
using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>Runs: listed, asked for, shown, cancelled, repeated.</summary>
internal static class RunsApi
{
    /// <summary>How old what is told about holds may be.</summary>
    private static readonly TimeSpan HoldsAge = TimeSpan.FromSeconds(1);

    public static void MapRuns(this IEndpointRouteBuilder routes)
    {
        var runs = routes.MapGroup("/runs").WithTags("Runs");
        runs.MapGet("/", ListAsync).WithSummary("Lists runs from the latest due to the earliest.");
        runs.MapPost("/", CreateAsync).WithMetadata(new RequestSizeLimitAttribute(BodyLimit.ManyRuns))
            .WithSummary("Asks for a run, or for up to 50,000 in an array, all or none; the ids come in the same order.");
        runs.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a run with its attempts.");
        runs.MapPost("/{id:guid}/cancel", CancelAsync).WithSummary("Ends a run that waits, or tells the worker of one that runs to end it.");
        runs.MapPost("/{id:guid}/retry", RetryAsync).WithSummary("Sends a run that waits for its next attempt at once, or repeats an ended one as a new run.");
    }

    private static async Task<Ok<RunListView>> ListAsync(Query<RunListQuery> query, RunQueries runs, QueueHolds holds, KindCatalog kinds, CancellationToken cancel)
    {
        var (filter, after, limit) = query.Value;
        var page = await runs.SearchAsync(filter, after, limit, cancel);
        var held = await holds.RecentAsync(HoldsAge, cancel);
        return TypedResults.Ok(new RunListView([.. page.Items.Select(run => RunView.Of(run, kinds, held))], page.Next, page.SearchedTo));
    }

    private static async Task<Results<Accepted<RunIds>, ProblemHttpResult>> CreateAsync(RunBatch batch, RunCommands commands, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(batch.Runs, cancel);
        return made.Value is { } ids
            ? TypedResults.Accepted(ids.Count == 1 ? $"{ApiRoutes.Base}/runs/{ids[0]}" : null, new RunIds(ids))
            : Problems.Of(made, "run", "");
    }

    private static async Task<Results<Ok<RunDetails>, ProblemHttpResult>> GetAsync(Guid id, RunQueries runs, QueueHolds holds, KindCatalog kinds, CancellationToken cancel)
    {
        if (await runs.FindAsync(id, cancel) is not { } run)
        {
            return Problems.NotFound("run", id.ToString());
        }

        var attempts = await runs.AttemptsAsync(id, cancel);
        return TypedResults.Ok(new RunDetails(RunView.Of(run, kinds, await holds.RecentAsync(HoldsAge, cancel)), [.. attempts.Select(AttemptView.Of)]));
    }

    private static async Task<Results<Ok<RunView>, ProblemHttpResult>> CancelAsync(
        Guid id, ClaimsPrincipal user, RunCommands commands, KindCatalog kinds, CancellationToken cancel)
    {
        var cancelled = await commands.CancelAsync(id, $"the key '{user.Identity?.Name}'", cancel);
        return cancelled.Value is { } run ? TypedResults.Ok(RunView.Of(run, kinds)) : Problems.Of(cancelled, "run", id.ToString());
    }

    private static async Task<Results<Accepted<RunView>, ProblemHttpResult>> RetryAsync(Guid id, RunCommands commands, KindCatalog kinds, CancellationToken cancel)
    {
        var retried = await commands.RetryAsync(id, cancel);
        return retried.Value is { } run
            ? TypedResults.Accepted($"{ApiRoutes.Base}/runs/{run.Id}", RunView.Of(run, kinds))
            : Problems.Of(retried, "run", id.ToString());
    }
}

/// <summary>A part of the list of runs.</summary>
/// <param name="SearchedTo">Null: all was looked through. Else time ran out: runs due before this instant were not looked at, and <c>next</c> goes on there.</param>
internal sealed record RunListView(IReadOnlyList<RunView> Items, string? Next, DateTimeOffset? SearchedTo);

/// <summary>The runs that were made, in the order in which they were asked for.</summary>
internal sealed record RunIds(IReadOnlyList<Guid> Ids);
