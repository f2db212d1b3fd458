using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Http;
using Refresher.Tasks.SpeedTest.Api;
using Refresher.Tasks.SpeedTest.History;
using Refresher.Tasks.SpeedTest.Polite;
using Refresher.Tasks.SpeedTest.Servers;

namespace Refresher.Tasks.SpeedTest;

/// <summary>Speed tests and their servers by REST, and the server side of a speed test.</summary>
internal static class SpeedTestEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapApiGroup().WithTags("Speed tests");
        api.MapGet("/speed-tests", ListAsync).WithSummary("Speed tests, the latest first; self-tests only when asked for.");
        api.MapGet("/speed-tests/latest", LatestAsync).WithSummary("The latest speed test.");
        api.MapGet("/speed-tests/figures", FiguresAsync).WithSummary("Least, mean, most and percentiles over a time: all together, step by step, by hour of day (UTC) and by server.");
        api.MapGet("/speed-tests/export", Export).WithSummary("Speed tests as a file, CSV or a JSON object a line.");
        api.MapGet("/speed-tests/{id:guid}", GetAsync).WithSummary("One speed test with its curves and all servers that were asked.");
        api.MapGet("/speed-servers", ServersAsync).WithSummary("The servers that are known with their place and their last latency, by address.");
        api.MapPut("/speed-servers", PutServerAsync).WithSummary("Adds a server of your own, or changes what is said of it.");
        api.MapDelete("/speed-servers", RemoveServerAsync).WithSummary("Forgets a server of your own, named by ?url=.");
        api.MapGet("/speed-directories", DirectoriesAsync).WithSummary("The directories of public servers; none is contacted before it is switched on.");
        api.MapPatch("/speed-directories/{name}", SetDirectoryAsync).WithSummary("Switches a directory on or off, or gives it another list.");
        api.MapPost("/speed-directories/{name}/refresh", RefreshAsync).WithSummary("Reads a directory's list now.");
        api.MapGet("/speed-settings", SettingsAsync).WithSummary("The monthly data budget, what is used of it, and what visitors see.");
        api.MapPatch("/speed-settings", SetSettingsAsync).RequireAuthorization(Policies.Administer).WithSummary("Changes the monthly data budget, and what visitors see.");
        SpeedTestBackend.Map(endpoints);
    }

    private static async Task<Ok<Page<SpeedTestSummary>>> ListAsync(Query<SpeedTestListQuery> query, SpeedTestQueries tests, CancellationToken cancel)
    {
        var page = await tests.ListAsync(query.Value.Filter, query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<SpeedTestSummary>([.. page.Items.Select(SpeedTestSummary.Of)], page.Next));
    }

    private static async Task<Results<Ok<SpeedTestSummary>, ProblemHttpResult>> LatestAsync(Query<SpeedTestFilterQuery> query, SpeedTestQueries tests, CancellationToken cancel) =>
        await tests.LatestAsync(query.Value.Filter, cancel) is { } test ? TypedResults.Ok(SpeedTestSummary.Of(test)) : Problems.Of(StatusCodes.Status404NotFound, "Not found", "There is no such speed test yet.");

    private static async Task<Results<Ok<SpeedTestSummary>, ProblemHttpResult>> GetAsync(Guid id, SpeedTestQueries tests, CancellationToken cancel) =>
        await tests.FindAsync(id, cancel) is { } test ? TypedResults.Ok(SpeedTestSummary.Of(test)) : Problems.NotFound("speed test", id.ToString());

    private static async Task<Ok<SpeedFiguresView>> FiguresAsync(Query<SpeedFiguresQuery> query, SpeedHistory history, TimeProvider clock, CancellationToken cancel)
    {
        var (range, key) = (query.Value.Range, query.Value.ScheduleKey);
        var from = range.From(clock.GetUtcNow());
        var to = from + (range.Step * range.Count);
        var series = await history.SeriesAsync(from, range.Step, range.Count, key, cancel);
        return TypedResults.Ok(new SpeedFiguresView(
            from,
            range.Step,
            await history.OverAllAsync(from, to, key, cancel),
            [.. series.Select((figures, index) => new StepFigures(from + (range.Step * index), figures))],
            await history.ByHourAsync(from, to, key, cancel),
            await history.ByServerAsync(from, to, key, cancel)));
    }

    private static PushStreamHttpResult Export(Query<SpeedTestExportQuery> query, SpeedTestExport export, HttpContext http) => TypedResults.Stream(
        stream => export.WriteAsync(query.Value.Filter, query.Value.Format, stream, http.RequestAborted),
        query.Value.Format == SpeedFileFormat.Csv ? "text/csv; charset=utf-8" : "application/x-ndjson",
        query.Value.Format == SpeedFileFormat.Csv ? "speed-tests.csv" : "speed-tests.jsonl");

    private static async Task<Ok<Page<SpeedServerView>>> ServersAsync(Query<SpeedServerListQuery> query, SpeedTestQueries tests, IOptionsMonitor<SpeedTestSettings> settings, CancellationToken cancel)
    {
        var page = await tests.ServersAsync(query.Value.Directory, query.Value.After, query.Value.Limit, cancel);
        return TypedResults.Ok(new Page<SpeedServerView>([.. page.Items.Select(server => SpeedServerView.Of(server, settings.CurrentValue.Place))], page.Next));
    }

    private static async Task<Results<Ok<SpeedServerView>, ProblemHttpResult>> PutServerAsync(JsonBody<ServerInput> body, ServerCommands commands, IOptionsMonitor<SpeedTestSettings> settings, CancellationToken cancel)
    {
        var put = await commands.PutAsync(body.Value, cancel);
        return put.Value is { } server ? TypedResults.Ok(SpeedServerView.Of(server, settings.CurrentValue.Place)) : Problems.Of(put, "server", body.Value.Url ?? "");
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveServerAsync(Query<ServerAddressQuery> query, ServerCommands commands, CancellationToken cancel)
    {
        var removed = await commands.RemoveAsync(query.Value.Url, cancel);
        return removed.Value is null ? Problems.Of(removed, "server of your own", query.Value.Url) : TypedResults.NoContent();
    }

    private static async Task<Ok<Page<DirectoryView>>> DirectoriesAsync(DirectoryQueries directories, CancellationToken cancel) =>
        TypedResults.Ok(new Page<DirectoryView>(await directories.ListAsync(cancel), null));

    private static async Task<Results<Ok<DirectoryView>, ProblemHttpResult>> SetDirectoryAsync(string name, JsonBody<DirectoryInput> body, ServerCommands commands, DirectoryQueries directories, CancellationToken cancel) =>
        await AnswerAsync(await commands.SetAsync(name, body.Value, cancel), name, directories, cancel);

    private static async Task<Results<Ok<DirectoryView>, ProblemHttpResult>> RefreshAsync(string name, ServerCommands commands, DirectoryQueries directories, CancellationToken cancel) =>
        await AnswerAsync(await commands.RefreshAsync(name, cancel), name, directories, cancel);

    private static async Task<Results<Ok<DirectoryView>, ProblemHttpResult>> AnswerAsync(Result<DirectoryState> result, string name, DirectoryQueries directories, CancellationToken cancel) =>
        result.Value is not null && await directories.FindAsync(name, cancel) is { } view ? TypedResults.Ok(view) : Problems.Of(result, "directory", name);

    private static async Task<Ok<SpeedSetupView>> SettingsAsync(RefresherDb db, DataBudget budget, PublicPace pace, CancellationToken cancel) =>
        TypedResults.Ok(await SpeedSetupView.OfAsync(await SpeedSetup.ReadAsync(db, cancel), budget, pace, cancel));

    private static async Task<Results<Ok<SpeedSetupView>, ProblemHttpResult>> SetSettingsAsync(JsonBody<SpeedSetupInput> body, ServerCommands commands, DataBudget budget, PublicPace pace, CancellationToken cancel)
    {
        var set = await commands.SetAsync(body.Value, cancel);
        return set.Value is { } setup ? TypedResults.Ok(await SpeedSetupView.OfAsync(setup, budget, pace, cancel)) : Problems.Of(set, "setting", "");
    }
}
