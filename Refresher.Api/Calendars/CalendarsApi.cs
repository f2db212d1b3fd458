using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Api.Calendars;

/// <summary>Calendars: times at which schedules that refer to them do not run. <c>{name}</c> stays what it was made with.</summary>
internal static class CalendarsApi
{
    public static void MapCalendars(this IEndpointRouteBuilder routes)
    {
        var calendars = routes.MapGroup("/calendars").WithTags("Calendars");
        calendars.MapGet("/", ListAsync).WithSummary("Lists calendars by name.");
        calendars.MapPost("/", CreateAsync).WithSummary("Makes a calendar.");
        calendars.MapGet("/{name}", GetAsync).WithSummary("Shows a calendar and which schedules refer to it.");
        calendars.MapPut("/{name}", ReplaceAsync).WithSummary("Replaces a calendar; what is left out becomes the default. It acts on what is due from then on.");
        calendars.MapDelete("/{name}", DeleteAsync).WithSummary("Deletes a calendar that no schedule refers to.");
        calendars.MapGet("/{name}/month", MonthAsync).WithSummary("What a calendar excludes in a month, day by day.");
        calendars.MapPost("/preview", Preview).WithSummary("What rules exclude in a month, day by day, without making anything.").RequireAuthorization(Policies.View);
    }

    private static async Task<Ok<Page<CalendarView>>> ListAsync(Query<CalendarListQuery> query, CalendarQueries calendars, CancellationToken cancel)
    {
        var page = await calendars.ListAsync(query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<CalendarView>([.. page.Items.Select(CalendarView.Of)], page.Next));
    }

    private static async Task<Results<Created<CalendarView>, ProblemHttpResult>> CreateAsync(JsonBody<CalendarInput> body, CalendarCommands commands, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } calendar
            ? TypedResults.Created($"{ApiRoutes.Base}/calendars/{calendar.Name}", CalendarView.Of(calendar))
            : Problems.Of(made, "calendar", body.Value.Name ?? "");
    }

    private static async Task<Results<Ok<CalendarDetails>, ProblemHttpResult>> GetAsync(string name, CalendarQueries calendars, CancellationToken cancel) =>
        await calendars.FindAsync(name, cancel) is { } calendar
            ? TypedResults.Ok(new CalendarDetails(CalendarView.Of(calendar), await calendars.UsersAsync(name, CalendarDetails.MostSchedules, cancel)))
            : Problems.NotFound("calendar", name);

    private static async Task<Results<Ok<CalendarView>, ProblemHttpResult>> ReplaceAsync(
        string name, JsonBody<CalendarInput> body, CalendarCommands commands, CancellationToken cancel)
    {
        var replaced = await commands.ReplaceAsync(name, body.Value, cancel);
        return replaced.Value is { } calendar ? TypedResults.Ok(CalendarView.Of(calendar)) : Problems.Of(replaced, "calendar", name);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(string name, CalendarCommands commands, CancellationToken cancel)
    {
        var deleted = await commands.DeleteAsync(name, cancel);
        return deleted.Value is not null ? TypedResults.NoContent() : Problems.Of(deleted, "calendar", name);
    }

    private static async Task<Results<Ok<MonthView>, ProblemHttpResult>> MonthAsync(
        string name, Query<MonthQuery> query, CalendarQueries calendars, TimeProvider clock, CancellationToken cancel) =>
        await calendars.FindAsync(name, cancel) is { } calendar
            ? TypedResults.Ok(MonthView.Of(CalendarRules.Of(calendar), query.Value.Month ?? CalendarMonth.Of(clock.GetUtcNow())))
            : Problems.NotFound("calendar", name);

    private static Results<Ok<MonthView>, ProblemHttpResult> Preview(JsonBody<CalendarPreviewInput> body, TimeProvider clock)
    {
        var view = body.Value.Read(clock.GetUtcNow(), out var errors);
        return view is null ? Problems.Invalid(errors) : TypedResults.Ok(view);
    }
}

/// <summary>Which calendars to list.</summary>
internal sealed record CalendarListQuery(string? After, int Limit) : IQuery<CalendarListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After];

    public static CalendarListQuery Read(QueryReader query) => new(query.Text("after"), query.Limit());
}

/// <summary>Which month to show.</summary>
internal sealed record MonthQuery(DateOnly? Month) : IQuery<MonthQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("month", "A month like 2026-12; this month when it is not said.")];

    public static MonthQuery Read(QueryReader query) => new(query.Text("month") is not { } text ? null
        : CalendarMonth.TryRead(text, out var month) ? month
        : query.Wrong<DateOnly?>("month", CalendarMonth.WhatIsRight));
}
