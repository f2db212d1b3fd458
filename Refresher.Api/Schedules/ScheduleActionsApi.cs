using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Runs;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Schedules.Occurrences;

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
        schedules.MapGet("/{id}/occurrences", OccurrencesAsync).WithSummary("What became of each due time and why, or what is to come; the latest first, or the earliest.");
        schedules.MapPost("/preview", PreviewAsync).WithSummary("A cadence in words and its next occurrences, without making anything.").RequireAuthorization(Policies.View);
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

    private static async Task<Results<Ok<Page<OccurrenceItem>>, ProblemHttpResult>> OccurrencesAsync(
        string id, Query<OccurrencesQuery> query, ScheduleQueries schedules, OccurrenceHistory history, TimeProvider clock, CancellationToken cancel)
    {
        if (await schedules.FindAsync(id, cancel) is not { } schedule)
        {
            return Problems.NotFound("schedule", id);
        }

        var page = await history.ReadAsync(schedule, query.Value.Range(clock.GetUtcNow()), cancel);
        return TypedResults.Ok(new Page<OccurrenceItem>([.. page.Items.Select(OccurrenceItem.Of)], page.Next));
    }

    private static async Task<Results<Ok<PreviewView>, ProblemHttpResult>> PreviewAsync(
        JsonBody<PreviewInput> body, CalendarQueries calendars, TimeProvider clock, CancellationToken cancel)
    {
        var known = await calendars.SetAsync([.. (body.Value.Calendars ?? []).Where(name => name is { Length: <= 100 } && !name.Contains('\0', StringComparison.Ordinal))], cancel);
        var preview = PreviewView.Of(body.Value, known, clock.GetUtcNow(), out var errors);
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
