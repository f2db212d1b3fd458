using Microsoft.AspNetCore.Http.HttpResults;
using Refresher.Core.Access;
using Refresher.Core.Schedules.Files;
using Refresher.Web.Forms;

namespace Refresher.Web.Actions;

/// <summary>The schedules that a list shows, as a file to keep.</summary>
internal static class ScheduleExportEndpoint
{
    public static IEndpointRouteBuilder MapScheduleExport(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/schedules/export", Export).RequireAuthorization(Policies.View);
        return routes;
    }

    private static PushStreamHttpResult Export(HttpContext http, string? search, string? show, string? kind, string? tag, string? format, ScheduleExport export)
    {
        var (written, type, name) = format == "json"
            ? (ScheduleFileFormat.Json, "application/json; charset=utf-8", "schedules.json")
            : (ScheduleFileFormat.Yaml, "application/yaml; charset=utf-8", "schedules.yaml");
        return TypedResults.Stream(body => export.WriteAsync(ScheduleList.Filter(search, show, kind, tag), written, body, http.RequestAborted), type, name);
    }
}
