using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Public.Visitors;
using Refresher.Ui.Public;

namespace Refresher.Tasks.SiteMonitor.Public;

/// <summary>Every public answer of this process: page, months, JSON and badges, each rendered for all who ask within two seconds.</summary>
internal sealed class StatusAnswers(StatusFactsCache facts, IServiceScopeFactory scopes, ILoggerFactory loggers, TimeProvider clock)
{
    /// <summary>Months that can be looked back at.</summary>
    public const int MostMonths = 24;

    private const string PlainText = "text/plain; charset=utf-8";

    /// <summary>A month's incidents are read anew when they are this old.</summary>
    private static readonly TimeSpan MonthFresh = TimeSpan.FromSeconds(30);

    private readonly Rendered _page = new(clock);
    private readonly Rendered _json = new(clock);
    private readonly ConcurrentDictionary<(string Slug, BadgeKind Kind, UptimeWindow Window), Rendered> _badges = new();
    private readonly ConcurrentDictionary<DateOnly, (Rendered Page, MonthFacts Facts)> _months = new();

    /// <summary>Whether the page is published; null when it is not known because nothing could be read.</summary>
    public async ValueTask<bool?> IsPublishedAsync() => await facts.GetAsync() is { } known ? known.Page.Published : null;

    public ValueTask<PublicAnswer> PageAsync() => _page.GetAsync(() => MakeAsync<StatusDocument>(PublicAnswer.Html, "This page", view => new() { [nameof(StatusDocument.View)] = view }));

    public ValueTask<PublicAnswer> JsonAsync() => _json.GetAsync(async () =>
    {
        var now = clock.GetUtcNow();
        return await facts.GetAsync() switch
        {
            null => Unavailable("""{"status":"unknown","headline":"Nothing could be read yet"}""", PublicAnswer.Json, now),
            { Page.Published: false } => PublicAnswer.Text("""{"title":"Not found","status":404}""", PublicAnswer.Json, now, StatusCodes.Status404NotFound),
            var known => new PublicAnswer(StatusJson.Write(StatusViewMaker.Make(known, now)), PublicAnswer.Json, now),
        };
    });

    /// <summary>A badge; of what is not public one that says only that.</summary>
    public async ValueTask<PublicAnswer> BadgeAsync(string slug, BadgeKind kind, UptimeWindow window)
    {
        var now = clock.GetUtcNow();
        if (await facts.GetAsync() is not { } known)
        {
            return Unavailable(Badge.NotKnown, PublicAnswer.Svg, now);
        }

        // Only what there is gets a place: asking for a million names fills nothing.
        if (Find(known, slug, kind) is null)
        {
            return NoBadge(now);
        }

        return await _badges.GetOrAdd((slug, kind, window), _ => new Rendered(clock)).GetAsync(async () =>
        {
            var now = clock.GetUtcNow();
            return await facts.GetAsync() is { } known && Find(known, slug, kind) is { } site
                ? PublicAnswer.Text(Badge.Of(StatusViewMaker.SiteAt(site, StatusViewMaker.Open(known, now), now), kind, window, now), PublicAnswer.Svg, now)
                : NoBadge(now);
        });
    }

    /// <summary>The incidents that began in a month; null when it is none that can be looked at.</summary>
    public async ValueTask<PublicAnswer?> MonthAsync(DateOnly month)
    {
        var today = DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);
        var latest = new DateOnly(today.Year, today.Month, 1);
        if (month > latest || month <= latest.AddMonths(-MostMonths))
        {
            return null;
        }

        var (page, read) = _months.GetOrAdd(month, _ => (new Rendered(clock), new MonthFacts()));
        try
        {
            return await MonthAsync(page, read, month, latest);
        }
        catch (NpgsqlException)
        {
            return Unavailable("This month cannot be shown just now. Try again shortly.\n", PlainText, clock.GetUtcNow());
        }
    }

    private ValueTask<PublicAnswer> MonthAsync(Rendered page, MonthFacts read, DateOnly month, DateOnly latest)
    {
        return page.GetAsync(() => MakeAsync<MonthDocument>(PublicAnswer.Html, "This page", async (view, known) => new()
        {
            [nameof(MonthDocument.View)] = view,
            [nameof(MonthDocument.Month)] = month,
            [nameof(MonthDocument.Latest)] = latest,
            [nameof(MonthDocument.Incidents)] = await IncidentsAsync(known, month, read),
        }));
    }

    private async Task<IReadOnlyList<IncidentView>> IncidentsAsync(StatusFacts known, DateOnly month, MonthFacts kept)
    {
        var items = known.Sites.ToDictionary(site => site.Item.SiteId, site => site.Item);
        if (kept.Incidents is null || !kept.Of.SetEquals(items.Keys) || clock.GetElapsedTime(kept.ReadAt) > MonthFresh)
        {
            await using var scope = scopes.CreateAsyncScope();
            kept.ReadAt = clock.GetTimestamp();
            kept.Incidents = await scope.ServiceProvider.GetRequiredService<StatusFactsReader>().MonthAsync(items.Keys, month, CancellationToken.None);
            kept.Of = [.. items.Keys];
        }

        return [.. kept.Incidents.Where(incident => items.ContainsKey(incident.SiteId)).Select(incident => IncidentView.Of(incident, items[incident.SiteId]))];
    }

    private Task<PublicAnswer> MakeAsync<TDocument>(string type, string what, Func<StatusView, Dictionary<string, object?>> parameters)
        where TDocument : IComponent => MakeAsync<TDocument>(type, what, (view, _) => Task.FromResult(parameters(view)));

    private async Task<PublicAnswer> MakeAsync<TDocument>(string type, string what, Func<StatusView, StatusFacts, Task<Dictionary<string, object?>>> parameters)
        where TDocument : IComponent
    {
        var now = clock.GetUtcNow();
        if (await facts.GetAsync() is not { } known)
        {
            return Unavailable($"{what} cannot be shown just now: nothing is known yet. Try again shortly.\n", PlainText, now);
        }

        if (!known.Page.Published)
        {
            return PublicAnswer.Text("There is nothing here.\n", PlainText, now, StatusCodes.Status404NotFound);
        }

        var view = StatusViewMaker.Make(known, now);
        var given = ParameterView.FromDictionary(await parameters(view, known));
        await using var scope = scopes.CreateAsyncScope();
        await using var renderer = new HtmlRenderer(scope.ServiceProvider, loggers);
        var html = await renderer.Dispatcher.InvokeAsync(async () => (await renderer.RenderComponentAsync<TDocument>(given)).ToHtmlString());
        return PublicAnswer.Text(html, type, now);
    }

    private static SiteFacts? Find(StatusFacts known, string slug, BadgeKind kind) =>
        known.Sites.FirstOrDefault(site => site.Item.Slug == slug && site.Item.Badges && (kind != BadgeKind.Response || site.Item.ShowResponse));

    private static PublicAnswer NoBadge(DateTimeOffset now) => PublicAnswer.Text(Badge.NotPublic, PublicAnswer.Svg, now, StatusCodes.Status404NotFound);

    private static PublicAnswer Unavailable(string content, string type, DateTimeOffset now) => PublicAnswer.Text(content, type, now, StatusCodes.Status503ServiceUnavailable);

    /// <summary>What was read of a month; one at a time makes its page.</summary>
    private sealed class MonthFacts
    {
        public IReadOnlyList<IncidentFacts>? Incidents { get; set; }

        public HashSet<Guid> Of { get; set; } = [];

        public long ReadAt { get; set; }
    }
}
