using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Timeouts;
using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>Runs as a file, sent while they are read.</summary>
internal static class RunExportApi
{
    /// <summary>Trailers, where the protocol has them: how many rows there were, and where the next file goes on.</summary>
    private const string Rows = "Refresher-Rows";
    private const string Next = "Refresher-Next";

    public static void MapRunExport(this IEndpointRouteBuilder routes) => routes.MapGet("/runs/export", Write)
        .WithTags("Runs")
        .WithMetadata(new DisableRequestTimeoutAttribute())
        .Produces<string>(StatusCodes.Status200OK, "text/csv", "application/x-ndjson")
        .WithSummary("Runs as a file, with the filters of the list: CSV, or a JSON object a line. A file that was cut says so in its last line.");

    private static PushStreamHttpResult Write(Query<RunExportQuery> query, RunExport export, HttpContext http)
    {
        var (filter, after, format, most) = query.Value;
        var (type, extension) = format == RunFileFormat.Csv ? ("text/csv; charset=utf-8", "csv") : ("application/x-ndjson", "jsonl");
        if (http.Response.SupportsTrailers())
        {
            http.Response.DeclareTrailer(Rows);
            http.Response.DeclareTrailer(Next);
        }

        return TypedResults.Stream(
            async stream =>
            {
                var end = await export.WriteAsync(filter, after, format, most, stream, http.RequestAborted);
                if (http.Response.SupportsTrailers())
                {
                    http.Response.AppendTrailer(Rows, end.Rows.ToString(CultureInfo.InvariantCulture));
                    http.Response.AppendTrailer(Next, end.Next?.ToString() ?? "");
                }
            },
            type,
            $"runs.{extension}");
    }
}

/// <summary>Which runs to write, and how.</summary>
internal sealed record RunExportQuery(RunFilter Filter, Guid? After, RunFileFormat Format, int Most) : IQuery<RunExportQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("format", "csv (also when it is not said) or json: an object a line."),
        new("limit", $"Rows of the file: 1 to {RunExport.MostRows}, as many when it is not said."),
        new("after", "Where a file that was cut says that the next one begins."),
        .. RunFilterQuery.Parameters,
    ];

    public static RunExportQuery Read(QueryReader query) => new(
        RunFilterQuery.Read(query),
        query.Id("after", "the id that a cut file ends with"),
        query.Word<RunFileFormat>("format") ?? RunFileFormat.Csv,
        (int)(query.Number("limit", 1, RunExport.MostRows) ?? RunExport.MostRows));
}
