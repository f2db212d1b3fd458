using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Http;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>What is public, over the Api: the page, and the sites on it one by one. There is one page, <c>main</c>; <c>{site}</c> is a site's id or key.</summary>
internal static class StatusPagesEndpoints
{
    public static void MapStatusPagesApi(this IEndpointRouteBuilder routes)
    {
        var pages = routes.MapGroup("/status-pages").WithTags("Status pages").RequireByMethod(changes: Policies.Administer);
        pages.MapGet("/", ListAsync).WithSummary("Lists the status pages: there is one.");
        pages.MapGet("/main", GetAsync).WithSummary("Shows the status page and everything that is on it.");
        pages.MapPatch("/main", SetAsync).WithSummary("Changes the page's title and description, publishes it or takes it back; what is left out stays.");
        pages.MapPut("/main/order", OrderAsync).WithSummary("Puts what is on the page into another order.");
        pages.MapPut("/main/sites/{site}", PutAsync).WithSummary("Puts a site on the page, or changes how it stands there; what is left out stays.");
        pages.MapDelete("/main/sites/{site}", RemoveAsync).WithSummary("Takes a site off the page: nothing of it is public any more, badges included.");
    }

    private static async Task<Ok<Page<StatusPageView>>> ListAsync(StatusPageQueries pages, CancellationToken cancel) => TypedResults.Ok(new Page<StatusPageView>([await ShowAsync(pages, cancel)], null));

    private static async Task<Ok<StatusPageView>> GetAsync(StatusPageQueries pages, CancellationToken cancel) => TypedResults.Ok(await ShowAsync(pages, cancel));

    private static async Task<Results<Ok<StatusPageView>, ProblemHttpResult>> SetAsync(JsonBody<StatusPageInput> body, StatusPageCommands commands, StatusPageQueries pages, CancellationToken cancel)
    {
        var set = await commands.SetAsync(body.Value, cancel);
        return set.Value is null ? Problems.Of(set, "status page", StatusPage.Main) : TypedResults.Ok(await ShowAsync(pages, cancel));
    }

    private static async Task<Results<Ok<StatusPageView>, ProblemHttpResult>> OrderAsync(
        JsonBody<StatusOrderInput> body, StatusPageCommands commands, StatusPageQueries pages, CancellationToken cancel)
    {
        var errors = JsonInput.Validate(body.Value, new FieldErrors());
        if (errors.Count > 0)
        {
            return Problems.Invalid(errors);
        }

        var items = await pages.ItemsAsync(cancel);
        var ids = new List<Guid>();
        foreach (var name in body.Value.Sites!)
        {
            if (items.FirstOrDefault(one => one.SiteKey == name || one.Item.SiteId.ToString() == name) is not { } item)
            {
                return Problems.Invalid(new FieldErrors().Add("sites", $"sites: '{name}' is not on the page."));
            }

            ids.Add(item.Item.SiteId);
        }

        var ordered = await commands.OrderAsync(ids, cancel);
        return ordered.Value is null ? Problems.Of(ordered, "status page", StatusPage.Main) : TypedResults.Ok(await ShowAsync(pages, cancel));
    }

    private static async Task<Results<Ok<StatusItemView>, ProblemHttpResult>> PutAsync(
        string site, JsonBody<StatusItemInput> body, StatusPageCommands commands, SiteQueries sites, StatusPageQueries pages, CancellationToken cancel)
    {
        if (await sites.FindAsync(site, cancel) is not { } found)
        {
            return Problems.NotFound("site", site);
        }

        var put = await commands.PutAsync(found, body.Value, cancel);
        return put.Value is not null && await pages.FindAsync(found.Id, cancel) is { } item ? TypedResults.Ok(StatusItemView.Of(item)) : Problems.Of(put, "site", site);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RemoveAsync(string site, StatusPageCommands commands, SiteQueries sites, CancellationToken cancel) =>
        await sites.FindAsync(site, cancel) is { } found && await commands.RemoveAsync(found, cancel) is { Value: not null } ? TypedResults.NoContent() : Problems.NotFound("site on the page", site);

    private static async Task<StatusPageView> ShowAsync(StatusPageQueries pages, CancellationToken cancel)
    {
        var page = await pages.PageAsync(cancel);
        return new(page.Slug, page.Title, page.Description, page.Published, [.. (await pages.ItemsAsync(cancel)).Select(StatusItemView.Of)], page.UpdatedAt == default ? null : page.UpdatedAt);
    }
}

/// <summary>The status page as the Api shows it.</summary>
/// <param name="UpdatedAt">Null when nobody has set anything yet.</param>
internal sealed record StatusPageView(string Slug, string Title, string Description, bool Published, IReadOnlyList<StatusItemView> Sites, DateTimeOffset? UpdatedAt);

/// <summary>A site on the status page as the Api shows it.</summary>
/// <param name="BadgePaths">Paths of its badges, in Web and in the Api; empty when they are not public.</param>
internal sealed record StatusItemView(
    Guid SiteId, string SiteKey, string Slug, string Name, string Section, int Order, bool ShowResponse, bool Badges, IReadOnlyList<string> BadgePaths, DateTimeOffset AddedAt)
{
    public static StatusItemView Of(PublishedSite site)
    {
        var item = site.Item;
        return new(item.SiteId, site.SiteKey, item.Slug, item.Name, item.Section, item.Order, item.ShowResponse, item.Badges, StatusPageQueries.BadgesOf(item), item.AddedAt);
    }
}
