using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Http;
using Refresher.Api.Runs;
using Refresher.Core.Contract;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;

namespace Refresher.Api.Schedules;

/// <summary>What may be done with a schedule besides editing it, and when it is and was due.</summary>
internal static class ScheduleActionsApi
{
    public static void MapScheduleActions(this IEndpointRouteBuilder routes)
    {
        var schedules = routes.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapPost("/{id}/run", RunAsync).WithSummary("Runs it now, beside its cadence; other options may be given for this run alone.");
        schedules.MapPost("/{id}/pause", PauseAsync).WithSummary("Makes it due no more until it is resumed.");
        schedules.MapPost("/{id}/resume", ResumeAsync).WithSummary("Makes it due again. What would have been due in between is not made up for.");
        schedules.MapGet("/{id}/occurrences", OccurrencesAsync).WithSummary("When it will be due, what became of past due times, and what was missed.");
        schedules.MapPost("/preview", Preview).WithSummary("A cadence in words and its next occurrences, without making anything.");
    }

    private static async Task<Results<Accepted<RunView>, ProblemHttpResult>> RunAsync(
        string id, JsonBody<RunNowInput>? body, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, CancellationToken cancel)
    {
        if (await schedules.FindAsync(id, cancel) is not { } schedule)
        {
            return Problems.NotFound("schedule", id);
        }

        var started = await commands.RunNowAsync(schedule.Id, body?.Value.Options, cancel);
        return started.Value is { } run
            ? TypedResults.Accepted($"{ApiRoutes.Base}/runs/{run.Id}", RunView.Of(run, kinds))
            : Problems.Of(started, "schedule", id);
    }

    private static Task<Results<Ok<ScheduleView>, ProblemHttpResult>> PauseAsync(
        string id, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, CancellationToken cancel) =>
        SetEnabledAsync(id, false, commands, schedules, kinds, cancel);

    private static Task<Results<Ok<ScheduleView>, ProblemHttpResult>> ResumeAsync(
        string id, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, CancellationToken cancel) =>
        SetEnabledAsync(id, true, commands, schedules, kinds, cancel);

    private static async Task<Results<Ok<OccurrencesView>, ProblemHttpResult>> OccurrencesAsync(
        string id, Query<OccurrencesQuery> query, ScheduleQueries schedules, RunQueries runs, CancellationToken cancel)
    {
        if (await schedules.FindAsync(id, cancel) is not { } schedule)
        {
            return Problems.NotFound("schedule", id);
        }

        var limit = query.Value.Limit;
        var past = await runs.ListAsync(new RunFilter { ScheduleId = schedule.Id, Trigger = RunTrigger.Cadence }, null, limit, cancel);
        var gaps = await schedules.GapsAsync(schedule.Id, limit, cancel);
        return TypedResults.Ok(OccurrencesView.Of(ScheduleOccurrences.Coming(schedule, limit), past.Items, gaps));
    }

    private static Results<Ok<PreviewView>, ProblemHttpResult> Preview(JsonBody<PreviewInput> body, TimeProvider clock)
    {
        var preview = PreviewView.Of(body.Value, clock.GetUtcNow(), out var errors);
        return preview is null ? Problems.Invalid(errors) : TypedResults.Ok(preview);
    }

    private static async Task<Results<Ok<ScheduleView>, ProblemHttpResult>> SetEnabledAsync(
        string id, bool enabled, ScheduleCommands commands, ScheduleQueries schedules, KindCatalog kinds, CancellationToken cancel)
    {
        if (await schedules.FindAsync(id, cancel) is not { } found)
        {
            return Problems.NotFound("schedule", id);
        }

        var changed = await commands.SetEnabledAsync(found.Id, enabled, cancel);
        return changed.Value is not null && await schedules.FindAsync(found.Id, cancel) is { } schedule
            ? TypedResults.Ok(ScheduleView.Of(schedule, kinds))
            : Problems.Of(changed, "schedule", id);
    }
}

/// <summary>A run beside the cadence.</summary>
/// <param name="Options">Other options for this run alone; null: the schedule's.</param>
internal sealed record RunNowInput(JsonElement? Options);
