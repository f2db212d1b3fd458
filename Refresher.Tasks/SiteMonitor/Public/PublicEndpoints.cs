using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.History;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>What visitors may ask for, with GET and HEAD: the status page and its months in Web; its JSON and the badges in Web and in the Api.</summary>
internal static class PublicEndpoints
{
    public const string Page = "/status";

    private static readonly TimeSpan PageAge = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BadgeAge = TimeSpan.FromSeconds(15);
    private static readonly string[] Reading = ["GET", "HEAD"];

    public static void MapStatusData(this IEndpointRouteBuilder endpoints)
    {
        var open = Open(endpoints);
        open.MapMethods("/status.json", Reading, JsonAsync).ExcludeFromDescription();
        open.MapMethods("/badge/{slug}/{kind}.svg", Reading, BadgeAsync).ExcludeFromDescription();
    }

    public static void MapStatusPages(this IEndpointRouteBuilder endpoints)
    {
        var open = Open(endpoints);
        open.MapMethods(Page, Reading, PageAsync);
        open.MapMethods(Page + "/{month}", Reading, MonthAsync);
    }

    private static RouteGroupBuilder Open(IEndpointRouteBuilder endpoints)
    {
        var open = endpoints.MapGroup("");
        open.AllowAnonymous().RequireRateLimiting(VisitorRate.Policy);
        return open;
    }

    private static async Task PageAsync(HttpContext http, StatusAnswers answers) => await (await answers.PageAsync()).SendAsync(http, PageAge);

    private static async Task JsonAsync(HttpContext http, StatusAnswers answers) => await (await answers.JsonAsync()).SendAsync(http, PageAge);

    private static async Task MonthAsync(HttpContext http, string month, StatusAnswers answers)
    {
        if (DateOnly.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var known) && await answers.MonthAsync(known) is { } answer)
        {
            await answer.SendAsync(http, PageAge);
        }
        else
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }

    /// <param name="period">24h, 7d, 30d or 90d; of uptime only, 30d when it is not said.</param>
    private static async Task BadgeAsync(HttpContext http, string slug, string kind, string? period, StatusAnswers answers)
    {
        UptimeWindow? window = period switch { null or "30d" => UptimeWindow.Month, "24h" => UptimeWindow.Day, "7d" => UptimeWindow.Week, "90d" => UptimeWindow.Quarter, _ => null };
        var known = Words<BadgeKind>.TryParse(kind, out var badge) && window is not null;
        var answer = await answers.BadgeAsync(known ? slug : "", badge, badge == BadgeKind.Uptime ? window ?? default : UptimeWindow.Month);
        await answer.SendAsync(http, BadgeAge);
    }
}

/// <summary>The front of Web for visitors: the status page while it is published.</summary>
internal sealed class StatusFrontPage(StatusAnswers answers) : IFrontPage
{
    public async ValueTask<string?> FindAsync(CancellationToken cancel) => await answers.IsPublishedAsync() is true ? PublicEndpoints.Page : null;
}
