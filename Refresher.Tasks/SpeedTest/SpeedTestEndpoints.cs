using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Http;

namespace Refresher.Tasks.SpeedTest;

/// <summary>Speed tests and their servers by REST, and the server side of a speed test.</summary>
internal static class SpeedTestEndpoints
{
    private const int LookBack = 100;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapApiGroup().WithTags("Speed tests");
        api.MapGet("/speed-tests", ListAsync).WithSummary("Speed tests, the latest first; self-tests only when asked for.");
        api.MapGet("/speed-tests/latest", LatestAsync).WithSummary("The latest speed test.");
        api.MapGet("/speed-servers", ServersAsync).WithSummary("The servers of the last tests with their place and latency, the fastest first.");
        SpeedTestBackend.Map(endpoints);
    }

    private static async Task<Page<SpeedTestSummary>> ListAsync([AsParameters] SpeedTestListing asked, SpeedTestQueries tests, CancellationToken cancel)
    {
        var page = await tests.ListAsync(asked.Filter, asked.After, Math.Clamp(asked.Limit ?? Page<SpeedTestResult>.DefaultLimit, 1, Page<SpeedTestResult>.MostLimit), cancel);
        return new Page<SpeedTestSummary>([.. page.Items.Select(SpeedTestSummary.Of)], page.Next);
    }

    private static async Task<Results<Ok<SpeedTestSummary>, NotFound>> LatestAsync([AsParameters] SpeedTestListing asked, SpeedTestQueries tests, CancellationToken cancel) =>
        await tests.LatestAsync(asked.Filter, cancel) is { } test ? TypedResults.Ok(SpeedTestSummary.Of(test)) : TypedResults.NotFound();

    private static async Task<Page<CandidateSummary>> ServersAsync(SpeedTestQueries tests, CancellationToken cancel)
    {
        var servers = await tests.ServersAsync(LookBack, cancel);
        return new Page<CandidateSummary>([.. servers.Select(server => new CandidateSummary(server.Server, server.LatencyMs, server.Failure, server.Chosen))], null);
    }
}

/// <summary>What a request for speed tests may say; see <see cref="SpeedTestFilter"/>.</summary>
internal sealed record SpeedTestListing(string? ScheduleKey, DateTimeOffset? From, DateTimeOffset? To, bool? Succeeded, bool? SelfTest, Guid? After, int? Limit)
{
    // PostgreSQL takes instants in UTC only.
    public SpeedTestFilter Filter => new()
    {
        ScheduleKey = ScheduleKey,
        From = From?.ToUniversalTime(),
        To = To?.ToUniversalTime(),
        Succeeded = Succeeded,
        SelfTest = SelfTest ?? false,
    };
}
