using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Timeouts;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>A run's log: page by page, or followed while it is written.</summary>
internal static class RunLogsApi
{
    public static void MapRunLogs(this IEndpointRouteBuilder routes) => routes.MapGet("/runs/{id:guid}/logs", GetAsync)
        .WithTags("Runs")
        .WithMetadata(new DisableRequestTimeoutAttribute())
        .WithSummary("A run's log. With follow=true as server-sent events: the lines there are, then new ones as they come, and the event end with the run's final state.");

    private static async Task<Results<Ok<Page<LogLineView>>, ServerSentEventsResult<string>, ProblemHttpResult>> GetAsync(
        Guid id, Query<RunLogsQuery> query, RunQueries runs, RunLogFollower follower, KindCatalog kinds, IHostApplicationLifetime host, HttpContext http)
    {
        if (await runs.FindAsync(id, http.RequestAborted) is null)
        {
            return Problems.NotFound("run", id.ToString());
        }

        var asked = query.Value;
        if (asked.Follow)
        {
            return TypedResults.ServerSentEvents(RunLogEvents.Of(follower, id, asked.ResumedAt(http.Request), asked.Least, kinds, http.RequestAborted, host.ApplicationStopping));
        }

        var lines = await runs.LogsAsync(id, asked.After, asked.Least, asked.Limit + 1, http.RequestAborted);
        var page = Page<RunLogLine>.Of(lines, asked.Limit, line => line.Seq.ToString(CultureInfo.InvariantCulture));
        return TypedResults.Ok(new Page<LogLineView>([.. page.Items.Select(LogLineView.Of)], page.Next));
    }
}

/// <summary>Which lines of a log to show, and whether to stay for more.</summary>
/// <param name="After">-1 for the beginning.</param>
internal sealed record RunLogsQuery(long After, int Limit, LogLevel Least, bool Follow) : IQuery<RunLogsQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("limit", "Lines of a page: 1 to 500, 50 when it is not said. Does not count when the log is followed."),
        new("after", "The seq of the last line already read."),
        new("level", "The lowest level to show: trace, debug, information, warning, error or critical."),
        new("follow", "true: a stream of server-sent events that ends with the run. The header Last-Event-ID resumes it."),
    ];

    public static RunLogsQuery Read(QueryReader query) => new(
        query.Number("after", -1, long.MaxValue) ?? -1, query.Limit(), query.Word<LogLevel>("level") ?? LogLevel.Trace, query.Flag("follow") ?? false);

    /// <summary>Where a stream goes on that was cut: browsers send the id of the last event by themselves.</summary>
    public long ResumedAt(HttpRequest request) => long.TryParse(request.Headers["Last-Event-ID"], out var last) ? last : After;
}

/// <summary>A line of a run's log.</summary>
/// <param name="Seq">Grows from line to line, with gaps.</param>
internal sealed record LogLineView(long Seq, DateTimeOffset At, int Attempt, LogLevel Level, string Message)
{
    public static LogLineView Of(RunLogLine line) => new(line.Seq, line.At, line.Attempt, line.Level, line.Message);
}
