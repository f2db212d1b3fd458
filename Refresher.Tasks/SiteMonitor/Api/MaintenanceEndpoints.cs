using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.Maintenance;

namespace Refresher.Tasks.SiteMonitor.Api;

/// <summary>Maintenance windows: listed, made, shown, replaced, deleted.</summary>
internal static class MaintenanceEndpoints
{
    public static void MapMaintenance(this IEndpointRouteBuilder routes)
    {
        var windows = routes.MapGroup("/maintenance").WithTags("Maintenance");
        windows.MapGet("/", ListAsync).WithSummary("Lists maintenance windows, the latest made first.");
        windows.MapPost("/", CreateAsync).WithSummary("Makes a maintenance window.");
        windows.MapGet("/{id:guid}", GetAsync).WithSummary("Shows a maintenance window.");
        windows.MapPut("/{id:guid}", ReplaceAsync).WithSummary("Replaces a maintenance window. If-Match guards against other edits.");
        windows.MapDelete("/{id:guid}", DeleteAsync).WithSummary("Deletes a maintenance window: if it is open, it is over.");
    }

    private static async Task<Ok<Page<MaintenanceView>>> ListAsync(Query<MaintenanceListQuery> query, MaintenanceQueries windows, TimeProvider clock, CancellationToken cancel)
    {
        var page = await windows.ListAsync(query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<MaintenanceView>([.. page.Items.Select(window => MaintenanceView.Of(window, clock.GetUtcNow()))], page.Next));
    }

    private static async Task<Results<Created<MaintenanceView>, ProblemHttpResult>> CreateAsync(
        JsonBody<MaintenanceInput> body, MaintenanceCommands commands, TimeProvider clock, HttpResponse response, CancellationToken cancel)
    {
        var made = await commands.CreateAsync(body.Value, cancel);
        return made.Value is { } window ? TypedResults.Created($"{ApiGroup.Base}/maintenance/{window.Id}", Show(window, clock, response)) : Problems.Of(made, "maintenance window", "");
    }

    private static async Task<Results<Ok<MaintenanceView>, ProblemHttpResult>> GetAsync(Guid id, MaintenanceQueries windows, TimeProvider clock, HttpResponse response, CancellationToken cancel) =>
        await windows.FindAsync(id, cancel) is { } window ? TypedResults.Ok(Show(window, clock, response)) : Problems.NotFound("maintenance window", id.ToString());

    private static async Task<Results<Ok<MaintenanceView>, ProblemHttpResult>> ReplaceAsync(
        Guid id, JsonBody<MaintenanceInput> body, MaintenanceCommands commands, TimeProvider clock, HttpContext http)
    {
        var expected = ETag.Expected(http.Request, out var problem);
        if (problem is not null)
        {
            return problem;
        }

        var changed = await commands.ReplaceAsync(id, body.Value, expected, http.RequestAborted);
        return changed.Value is { } window
            ? TypedResults.Ok(Show(window, clock, http.Response))
            : Problems.Of(changed, "maintenance window", id.ToString(), expected is null ? StatusCodes.Status409Conflict : StatusCodes.Status412PreconditionFailed);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(Guid id, MaintenanceCommands commands, CancellationToken cancel) =>
        await commands.DeleteAsync(id, cancel) is { Value: not null } ? TypedResults.NoContent() : Problems.NotFound("maintenance window", id.ToString());

    private static MaintenanceView Show(MaintenanceWindow window, TimeProvider clock, HttpResponse response)
    {
        ETag.Show(response, window.Version);
        return MaintenanceView.Of(window, clock.GetUtcNow());
    }
}

/// <summary>Which windows to list.</summary>
internal sealed record MaintenanceListQuery(Guid? After, int Limit) : IQuery<MaintenanceListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After];

    public static MaintenanceListQuery Read(QueryReader query) => new(query.Id("after", "what a page gave as next"), query.Limit());
}

/// <summary>A window as the Api shows it.</summary>
/// <param name="OpenUntil">Set while it is open.</param>
/// <param name="NextAt">When it opens next; null when it does not.</param>
internal sealed record MaintenanceView(
    Guid Id,
    string Title,
    string Text,
    bool Enabled,
    MaintenanceType Type,
    DateTimeOffset? From,
    DateTimeOffset? To,
    IReadOnlyList<string>? Days,
    string? At,
    string? Cron,
    TimeSpan? Duration,
    string TimeZone,
    bool AllSites,
    IReadOnlyList<Guid> Sites,
    IReadOnlyList<string> Tags,
    IReadOnlyList<string> Groups,
    DateTimeOffset? OpenUntil,
    DateTimeOffset? NextAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt,
    string Version)
{
    public static MaintenanceView Of(MaintenanceWindow window, DateTimeOffset now)
    {
        (string[] Days, string At)? week = window.Type == MaintenanceType.Weekly ? MaintenanceReader.WeekOf(window.Cron!) : null;
        return new(
            window.Id,
            window.Title,
            window.Text,
            window.Enabled,
            window.Type,
            window.From,
            window.To,
            week?.Days,
            week?.At,
            window.Type == MaintenanceType.Cron ? window.Cron : null,
            window.Duration,
            window.TimeZone,
            window.AllSites,
            window.SiteIds,
            window.Tags,
            window.Groups,
            MaintenanceRules.OpenAt(window, now)?.To,
            MaintenanceRules.NextAfter(window, now)?.From,
            window.CreatedAt,
            window.UpdatedAt,
            Refresher.Core.Http.ETag.Of(window.Version));
    }
}
