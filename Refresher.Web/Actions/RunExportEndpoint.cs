using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Runs;
using Refresher.Web.Forms;

namespace Refresher.Web.Actions;

/// <summary>The runs that the page's filters show, as a file.</summary>
internal static class RunExportEndpoint
{
    public static IEndpointRouteBuilder MapRunExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/runs/export", Write).RequireAuthorization(Policies.View);
        return routes;
    }

    private static IResult Write(HttpContext http, RunExport export, TimeProvider clock, string? format)
    {
        var form = RunFilterForm.From(http.Request.Query);
        var filter = form.ToFilter(clock.GetUtcNow());
        if (!Words<RunFileFormat>.TryParse(format ?? "csv", out var known))
        {
            form.Errors.Add("format", "format: csv or json.");
        }

        // A file that leaves a filter out would be taken for what was asked for.
        return form.Errors.Count > 0
            ? TypedResults.Text(form.Errors.ToString(), statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Stream(
                stream => export.WriteAsync(filter, null, known, RunExport.MostRows, stream, http.RequestAborted),
                known == RunFileFormat.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
                known == RunFileFormat.Csv ? "runs.csv" : "runs.jsonl");
    }
}
