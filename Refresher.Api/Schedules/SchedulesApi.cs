using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;

namespace Refresher.Api.Schedules;

/// <summary>Schedules: listed, made, shown, replaced, changed, deleted. <c>{id}</c> is the id or the key.</summary>
internal static class SchedulesApi
{
    /// <summary>Times a change is made anew over somebody else's when the client did not say which version it saw.</summary>
    private const int Tries = 3;

    public static void MapSchedules(this IEndpointRouteBuilder routes)
    {
        var schedules = routes.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapGet("/", ListAsync).WithSummary("Lists schedules by key.");
        schedules.MapPost("/", CreateAsync).WithSummary("Makes a schedule.");
        schedules.MapGet("/{id}", GetAsync).WithSummary("Shows a schedule: its own values, what holds in the end, and where it stands.");
        schedules.MapPut("/{id}", ReplaceAsync).Accepts<ScheduleInput>("application/json").WithSummary("Replaces a schedule: what is left out becomes the default. If-Match guards against other edits.");
        schedules.MapPatch("/{id}", PatchAsync).Accepts<ScheduleInput>("application/merge-patch+json", "application/json").WithSummary("Changes what a merge patch (RFC 7396) names: null takes a value away.");
        schedules.MapDelete("/{id}", DeleteAsync).WithSummary("Deletes a schedule. Its runs stay in the history.");
    }

    private static async Task<Ok<Page<ScheduleView>>> ListAsync(Query<ScheduleListQuery> query, ScheduleQueries schedules, KindCatalog kinds, CancellationToken cancel)
    {
        var (filter, after, limit) = query.Value;
        var page = await schedules.ListAsync(filter, after, limit, cancel);
        return TypedResults.Ok(new Page<ScheduleView>([.. page.Items.Select(schedule => ScheduleView.Of(schedule, kinds))], page.Next));
    }

    private static async Task<Results<Created<ScheduleView>, ProblemHttpResult>> CreateAsync(
        JsonBody<ScheduleInput> body, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, HttpResponse response, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is null || await schedules.FindAsync(made.Value.Id, cancel) is not { } schedule
            ? Problems.Of(made, "schedule", body.Value.Key ?? "")
            : TypedResults.Created($"{ApiRoutes.Base}/schedules/{schedule.Id}", Show(schedule, kinds, response));
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> GetAsync(
        string id, ScheduleQueries schedules, KindCatalog kinds, HttpResponse response, CancellationToken cancel) =>
        await schedules.FindAsync(id, cancel) is { } schedule ? TypedResults.Ok(Show(schedule, kinds, response)) : Problems.NotFound("schedule", id);

    private static Task<Results<Ok<ScheduleView>, ProblemHttpResult>> ReplaceAsync(
        string id, JsonBody<JsonObject> body, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, HttpContext http) =>
        ChangeAsync(id, (_, errors) => ScheduleDocument.Replace(body.Value, errors), commands, schedules, kinds, http);

    private static Task<Results<Ok<ScheduleView>, ProblemHttpResult>> PatchAsync(
        string id, JsonBody<JsonObject> body, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, HttpContext http) =>
        ChangeAsync(id, (stored, errors) => ScheduleDocument.Patch(stored, body.Value, errors), commands, schedules, kinds, http);

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string id, ScheduleCommands commands, ScheduleQueries schedules, CancellationToken cancel) =>
        await schedules.FindAsync(id, cancel) is { } schedule && await commands.DeleteAsync([schedule.Id], cancel) > 0
            ? TypedResults.NoContent()
            : Problems.NotFound("schedule", id);

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> ChangeAsync(
        string id, Func<Schedule, FieldErrors, ScheduleInput?> change, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, HttpContext http)
    {
        var expected = ETag.Expected(http.Request, out var problem);
        if (problem is not null)
        {
            return problem;
        }

        for (var attempt = 1; ; attempt++)
        {
            if (await schedules.FindAsync(id, http.RequestAborted) is not { } stored)
            {
                return Problems.NotFound("schedule", id);
            }

            var errors = new FieldErrors();
            if (change(stored, errors) is not { } input)
            {
                return Problems.Invalid(errors);
            }

            var changed = await commands.UpdateAsync(stored.Id, input, expected ?? stored.Version, http.RequestAborted);
            if (changed.Value is not null && await schedules.FindAsync(stored.Id, http.RequestAborted) is { } schedule)
            {
                return TypedResults.Ok(Show(schedule, kinds, http.Response));
            }

            if (changed.Conflict is null || expected is not null || attempt == Tries)
            {
                return Problems.Of(changed, "schedule", id, expected is null ? StatusCodes.Status409Conflict : StatusCodes.Status412PreconditionFailed);
            }
        }
    }

    private static ScheduleView Show(Schedule schedule, KindCatalog kinds, HttpResponse response)
    {
        ETag.Show(response, schedule.Version);
        return ScheduleView.Of(schedule, kinds);
    }
}
