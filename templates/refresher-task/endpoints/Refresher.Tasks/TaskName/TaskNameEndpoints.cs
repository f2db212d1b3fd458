using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Http;

namespace Refresher.Tasks.TaskName;

/// <summary>What was counted, by REST.</summary>
internal static class TaskNameEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapApiGroup().WithTags("TaskTitle").MapGet("/task-name", ListAsync).WithSummary("What was counted, the latest first.");

    private static async Task<Ok<Page<TaskNameResult>>> ListAsync(Query<TaskNameListQuery> query, TaskNameQueries results, CancellationToken cancel) =>
        TypedResults.Ok(await results.ListAsync(query.Value.After, query.Value.Limit, cancel));
}

/// <summary>Which results to list.</summary>
internal sealed record TaskNameListQuery(Guid? After, int Limit) : IQuery<TaskNameListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After];

    public static TaskNameListQuery Read(QueryReader query) => new(query.Id("after", "what the page before gave as next"), query.Limit());
}
