using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Refresher.Core.Http;
using Refresher.Tasks.SpeedTest.History;

namespace Refresher.Tasks.SpeedTest.Public;

/// <summary>The speed page for visitors, while it is published.</summary>
internal static class PublicSpeed
{
    public const string Page = "/status/speed";

    private static readonly TimeSpan PageAge = TimeSpan.FromSeconds(5);

    public static void MapPublicSpeed(this IEndpointRouteBuilder endpoints)
    {
        var open = endpoints.MapGroup("");
        open.AllowAnonymous().RequireRateLimiting(VisitorRate.Policy);
        open.MapMethods(Page, ["GET", "HEAD"], async (HttpContext http, string? range, SpeedAnswers answers) => await (await answers.PageAsync(SpeedRange.Of(range))).SendAsync(http, PageAge));
    }
}
