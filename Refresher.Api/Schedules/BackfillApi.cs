using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core.Schedules;

namespace Refresher.Api.Schedules;

/// <summary>Making up for due times of the past.</summary>
internal static class BackfillApi
{
    public static void MapBackfill(this IEndpointRouteBuilder routes) => routes.MapPost("/schedules/{id}/backfill", BackfillAsync).WithTags("Schedules")
        .WithSummary("Makes runs for due times of a range of the past that have none; a dry run lists them. Asked for twice, nothing is made twice.");

    private static async Task<Results<Ok<BackfillResult>, ProblemHttpResult>> BackfillAsync(
        string id, JsonBody<BackfillInput> body, ScheduleBackfill backfill, ScheduleQueries schedules, CancellationToken cancel)
    {
        if (await schedules.FindAsync(id, cancel) is not { } schedule)
        {
            return Problems.NotFound("schedule", id);
        }

        var result = await backfill.RunAsync(schedule.Id, body.Value, cancel);
        return result.Value is { } done ? TypedResults.Ok(done) : Problems.Of(result, "schedule", id);
    }
}
