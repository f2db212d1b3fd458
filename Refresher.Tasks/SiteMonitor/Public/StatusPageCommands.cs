using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Queue;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>
/// What people and programs make public, and take back. Each change locks the page's row, so that places stay whole; visitors see it within a few seconds.
/// </summary>
public sealed class StatusPageCommands(RefresherDb db, AuditLog audit, LiveSignals signals, TimeProvider clock)
{
    /// <summary>Changes the page; what the input does not say stays.</summary>
    public Task<Result<StatusPage>> SetAsync(StatusPageInput input, CancellationToken cancel)
    {
        var errors = JsonInput.Validate(input, new FieldErrors());
        PublicText.Check(errors, ("title", input.Title), ("description", input.Description));
        return errors.Count > 0 ? Task.FromResult(Result<StatusPage>.Invalid(errors)) : InPageAsync(page =>
        {
            var before = Document(page);
            page.Title = input.Title?.Trim() ?? page.Title;
            page.Description = input.Description?.Trim() ?? page.Description;
            page.Published = input.Published ?? page.Published;
            audit.Add("statusPage.update", Subject(page), before, Document(page));
            return Task.FromResult(Result<StatusPage>.Done(page));
        }, cancel);
    }

    /// <summary>Puts a site on the page, or changes how it stands there.</summary>
    public Task<Result<StatusItem>> PutAsync(Site site, StatusItemInput input, CancellationToken cancel)
    {
        var errors = JsonInput.Validate(input, new FieldErrors());
        PublicText.Check(errors, ("name", input.Name), ("section", input.Section));
        return errors.Count > 0 ? Task.FromResult(Result<StatusItem>.Invalid(errors)) : InPageAsync(async page =>
        {
            var item = page.Items.SingleOrDefault(i => i.SiteId == site.Id);
            if (item is null && page.Items.Count >= StatusPage.MostItems)
            {
                return Result<StatusItem>.Refused($"The page has {StatusPage.MostItems} sites already: take one off first.");
            }

            var slug = input.Slug ?? item?.Slug ?? await FreeSlugAsync(input.Name ?? site.Name, cancel);
            if (item?.Slug != slug && await db.Set<StatusItem>().AnyAsync(i => i.Slug == slug, cancel))
            {
                return Result<StatusItem>.Invalid(new FieldErrors().Add("slug", $"slug: '{slug}' is taken by another site on the page."));
            }

            var before = item is null ? null : Document(item);
            if (item is null)
            {
                item = new StatusItem
                {
                    PageSlug = page.Slug,
                    SiteId = site.Id,
                    Slug = slug,
                    Name = PublicText.Cut(site.Name),
                    Order = page.Items.Select(i => i.Order).DefaultIfEmpty().Max() + 1,
                    AddedAt = clock.GetUtcNow(),
                };
                page.Items.Add(item);
            }

            item.Slug = slug;
            item.Name = input.Name?.Trim() ?? item.Name;
            item.Section = input.Section?.Trim() ?? item.Section;
            item.ShowResponse = input.ShowResponse ?? item.ShowResponse;
            item.Badges = input.Badges ?? item.Badges;
            audit.Add(before is null ? "statusPage.add" : "statusPage.change", Subject(site), before, Document(item));
            return Result<StatusItem>.Done(item);
        }, cancel);
    }

    /// <summary>Takes a site off the page: nothing of it is public any more.</summary>
    public Task<Result<StatusItem>> RemoveAsync(Site site, CancellationToken cancel) => InPageAsync(page =>
    {
        if (page.Items.SingleOrDefault(i => i.SiteId == site.Id) is not { } item)
        {
            return Task.FromResult(Result<StatusItem>.NotFound);
        }

        page.Items.Remove(item);
        Number(page.Items.OrderBy(i => i.Order));
        audit.Add("statusPage.remove", Subject(site), Document(item), null);
        return Task.FromResult(Result<StatusItem>.Done(item));
    }, cancel);

    /// <summary>Puts what is on the page into another order; what is not named keeps its order behind it.</summary>
    public Task<Result<StatusPage>> OrderAsync(IReadOnlyList<Guid> sites, CancellationToken cancel) => InPageAsync(page =>
    {
        if (sites.Except(page.Items.Select(i => i.SiteId)).Any() || sites.Distinct().Count() < sites.Count)
        {
            return Task.FromResult(Result<StatusPage>.Invalid(new FieldErrors().Add("sites", "sites: each must be on the page, and be named once.")));
        }

        var (before, places) = (Document(page), sites.Select((site, place) => (site, place)).ToDictionary(one => one.site, one => one.place));
        Number(page.Items.OrderBy(i => places.GetValueOrDefault(i.SiteId, int.MaxValue)).ThenBy(i => i.Order));
        audit.Add("statusPage.order", Subject(page), before, Document(page));
        return Task.FromResult(Result<StatusPage>.Done(page));
    }, cancel);

    /// <summary>Moves a site one place towards the beginning or the end.</summary>
    public async Task<Result<StatusPage>> MoveAsync(Guid site, bool up, CancellationToken cancel)
    {
        var order = await db.Set<StatusItem>().AsNoTracking().Where(i => i.PageSlug == StatusPage.Main).OrderBy(i => i.Order).Select(i => i.SiteId).ToListAsync(cancel);
        var at = order.IndexOf(site);
        var to = Math.Clamp(at + (up ? -1 : 1), 0, Math.Max(0, order.Count - 1));
        if (at < 0)
        {
            return Result<StatusPage>.NotFound;
        }

        (order[at], order[to]) = (order[to], order[at]);
        return await OrderAsync(order, cancel);
    }

    private async Task<Result<T>> InPageAsync<T>(Func<StatusPage, Task<Result<T>>> act, CancellationToken cancel)
        where T : class
    {
        var result = await db.Database.CreateExecutionStrategy().ExecuteAsync(async () =>
        {
            db.ChangeTracker.Clear();
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            var now = clock.GetUtcNow();
            var unset = StatusPage.Unset();
            await db.Database.ExecuteSqlAsync($"INSERT INTO status_pages (slug, title, description, published, updated_at) VALUES ({unset.Slug}, {unset.Title}, '', false, {now}) ON CONFLICT DO NOTHING", cancel);
            var page = await db.Set<StatusPage>().FromSql($"SELECT * FROM status_pages WHERE slug = {StatusPage.Main} FOR UPDATE").SingleAsync(cancel);
            await db.Entry(page).Collection(p => p.Items).LoadAsync(cancel);
            var result = await act(page);
            if (result.Value is not null)
            {
                page.UpdatedAt = now;
                await db.SaveChangesAsync(cancel);
                await transaction.CommitAsync(cancel);
            }

            return result;
        });
        if (result.Value is not null)
        {
            await signals.PublishAsync([StatusTopics.Changed]);
        }

        return result;
    }

    private async Task<string> FreeSlugAsync(string name, CancellationToken cancel)
    {
        var wanted = SiteReader.KeyOf(PublicText.Cut(name));
        wanted = wanted[..Math.Min(wanted.Length, 50)].Trim('-');
        var taken = await db.Set<StatusItem>().Where(i => i.Slug.StartsWith(wanted)).Select(i => i.Slug).ToListAsync(cancel);
        return Enumerable.Range(1, taken.Count + 1).Select(i => i == 1 ? wanted : $"{wanted}-{i}").First(slug => !taken.Contains(slug));
    }

    private static void Number(IEnumerable<StatusItem> items)
    {
        var place = 0;
        foreach (var item in items.ToArray())
        {
            item.Order = ++place;
        }
    }

    private static AuditSubject Subject(StatusPage page) => new("statusPage", page.Slug, page.Title);

    private static AuditSubject Subject(Site site) => new("site", site.Id.ToString(), site.Key);

    private static JsonObject Document(StatusPage page) => new()
    {
        ["title"] = page.Title,
        ["description"] = page.Description,
        ["published"] = page.Published,
        ["order"] = string.Join(' ', page.Items.OrderBy(i => i.Order).Select(i => i.Slug)),
    };

    private static JsonObject Document(StatusItem item) => new()
    {
        ["slug"] = item.Slug,
        ["name"] = item.Name,
        ["section"] = item.Section,
        ["showResponse"] = item.ShowResponse,
        ["badges"] = item.Badges,
    };
}

/// <summary>Live topics of what is public, see <c>LiveSignals</c>.</summary>
public static class StatusTopics
{
    /// <summary>Something was made public, taken back or changed.</summary>
    public const string Changed = "status-page";
}
