using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Tasks.SpeedTest.History;
using Refresher.Tasks.SpeedTest.Servers;
using Refresher.Ui;

namespace Refresher.Tasks.SpeedTest.Pages;

/// <summary>What the buttons of the speed pages do, and the files that they offer.</summary>
internal static class SpeedPageActions
{
    public static void Map(RouteGroupBuilder actions)
    {
        var speed = actions.MapGroup("/speed");
        speed.MapPost("/directories/{name}/on", (HttpContext http, string name, ServerCommands commands) => SwitchAsync(http, name, true, commands));
        speed.MapPost("/directories/{name}/off", (HttpContext http, string name, ServerCommands commands) => SwitchAsync(http, name, false, commands));
        speed.MapPost("/directories/{name}/refresh", async (HttpContext http, string name, ServerCommands commands) =>
            http.Back(await commands.RefreshAsync(name, http.RequestAborted), _ => "The list is read anew."));
        speed.MapPost("/servers/remove", async (HttpContext http, [FromQuery] string url, ServerCommands commands) =>
            http.Back(await commands.RemoveAsync(url, http.RequestAborted), server => $"{server.Name} is removed. Its tests stay."));
        speed.MapPost("/publish", (HttpContext http, ServerCommands commands) => PublishAsync(http, true, commands)).RequireAuthorization(Policies.Administer);
        speed.MapPost("/take-back", (HttpContext http, ServerCommands commands) => PublishAsync(http, false, commands)).RequireAuthorization(Policies.Administer);
        speed.MapGet("/export", Export);
    }

    /// <summary>What the filters of the page of tests mean.</summary>
    /// <param name="result"><c>healthy</c>, <c>unhealthy</c>, <c>failed</c> or <c>self</c>.</param>
    public static SpeedTestFilter Filter(string? schedule, string? result, string? server) => new()
    {
        ScheduleKey = Plain(schedule),
        Server = Plain(server),
        Healthy = result switch { "healthy" => true, "unhealthy" => false, _ => null },
        Succeeded = result == "failed" ? false : null,
        SelfTest = result == "self",
    };

    private static string? Plain(string? text) => string.IsNullOrEmpty(text) ? null : text.Replace("\0", "", StringComparison.Ordinal);

    private static async Task<IResult> SwitchAsync(HttpContext http, string name, bool enabled, ServerCommands commands)
    {
        // The button's question names the terms; who says yes accepts them.
        var result = await commands.SetAsync(name, new DirectoryInput { Enabled = enabled, AcceptTerms = enabled ? true : null }, http.RequestAborted);
        return result.Value is { Enabled: true, Failure: { } failure }
            ? http.Back($"Switched on, but its list could not be read: {failure}", isError: true)
            : http.Back(result, _ => enabled ? "Switched on: its servers are used from the next test on." : "Switched off: it is not contacted any more.");
    }

    private static async Task<IResult> PublishAsync(HttpContext http, bool published, ServerCommands commands) =>
        http.Back(await commands.SetAsync(new SpeedSetupInput { Published = published }, http.RequestAborted), _ => published
            ? "The speed page is public: visitors find it at /status/speed."
            : "The speed page is not public any more.");

    private static IResult Export(HttpContext http, SpeedTestExport export, string? format, string? schedule, string? result, string? server) =>
        !Words<SpeedFileFormat>.TryParse(format ?? "csv", out var known)
            ? TypedResults.Text("format: csv or json.", statusCode: StatusCodes.Status400BadRequest)
            : TypedResults.Stream(
                stream => export.WriteAsync(Filter(schedule, result, server), known, stream, http.RequestAborted),
                known == SpeedFileFormat.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
                known == SpeedFileFormat.Csv ? "speed-tests.csv" : "speed-tests.jsonl");
}
