using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Api.Http;
using Refresher.Core;
using Refresher.Core.Access;

namespace Refresher.Api.Audit;

/// <summary>Who did what: only read here, written by what is done.</summary>
internal static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder routes) => routes.MapGet("/audit", ListAsync)
        .WithTags("Audit")
        .WithSummary("Lists what people and programs did, from the latest to the earliest.")
        .RequireAuthorization(Policies.Operate);

    private static async Task<Ok<Page<AuditEntryView>>> ListAsync(Query<AuditQuery> query, AuditQueries audit, CancellationToken cancel)
    {
        var (filter, after, limit) = query.Value;
        var page = await audit.ListAsync(filter, after, limit, cancel);
        return TypedResults.Ok(new Page<AuditEntryView>([.. page.Items.Select(AuditEntryView.Of)], page.Next));
    }
}

/// <summary>Which entries to list.</summary>
internal sealed record AuditQuery(AuditFilter Filter, Guid? After, int Limit) : IQuery<AuditQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("actor", "By the user or the Api key of this name."),
        new("action", "An action like schedule.update, or the first part of several: schedule."),
        new("subject", "Done to the thing of this id or name."),
        new("from", "At or after this instant."),
        new("to", "Before this instant."),
    ];

    public static AuditQuery Read(QueryReader query) => new(
        new AuditFilter
        {
            Actor = query.Text("actor"),
            Action = query.Text("action"),
            Subject = query.Text("subject"),
            From = query.Instant("from"),
            To = query.Instant("to"),
        },
        query.Id("after", "what a page gave as next"),
        query.Limit());
}

/// <summary>An entry as the Api shows it.</summary>
/// <param name="Before">What was there, of a change only what differs; null when there was nothing. Secrets are masked.</param>
/// <param name="After">What is there since, like <paramref name="Before"/>.</param>
internal sealed record AuditEntryView(
    Guid Id, DateTimeOffset At, string Actor, ActorKind ActorKind, string Action, AuditSubject Subject, RawJson? Before, RawJson? After)
{
    public static AuditEntryView Of(AuditEntry entry) => new(
        entry.Id, entry.At, entry.Actor, entry.ActorKind, entry.Action, new AuditSubject(entry.SubjectType, entry.SubjectId, entry.SubjectName),
        RawJson.Of(entry.Before), RawJson.Of(entry.After));
}
