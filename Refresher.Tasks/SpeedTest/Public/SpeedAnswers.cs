using System.Collections.Concurrent;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Refresher.Core;
using Refresher.Tasks.SpeedTest.History;
using Refresher.Tasks.SpeedTest.Polite;
using Refresher.Ui.Public;

namespace Refresher.Tasks.SpeedTest.Public;

/// <summary>The speed page as visitors get it: made once for all who ask within two seconds, from figures that are read at most every half a minute.</summary>
internal sealed class SpeedAnswers(IServiceScopeFactory scopes, ILoggerFactory loggers, TimeProvider clock)
{
    private const string TextOnly = "text/plain; charset=utf-8";

    /// <summary>Figures older than this are read anew.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<SpeedRange, Kept> _pages = new();

    public ValueTask<PublicAnswer> PageAsync(SpeedRange range)
    {
        var kept = _pages.GetOrAdd(range, _ => new Kept(clock));
        return kept.Page.GetAsync(() => MakeAsync(range, kept));
    }

    private async Task<PublicAnswer> MakeAsync(SpeedRange range, Kept kept)
    {
        var now = clock.GetUtcNow();
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var setup = await SpeedSetup.ReadAsync(scope.ServiceProvider.GetRequiredService<RefresherDb>(), CancellationToken.None);
            if (!setup.Published)
            {
                kept.View = null;
                return PublicAnswer.Text("There is nothing here.\n", TextOnly, now, StatusCodes.Status404NotFound);
            }

            if (kept.View is not { } view || clock.GetElapsedTime(kept.ReadAt) > Fresh || view.Title != setup.PublicTitle || kept.Schedule != setup.PublicSchedule)
            {
                (kept.ReadAt, kept.Schedule) = (clock.GetTimestamp(), setup.PublicSchedule);
                kept.View = view = await SpeedView.ReadAsync(setup, range, scope.ServiceProvider, now, CancellationToken.None);
            }

            await using var renderer = new HtmlRenderer(scope.ServiceProvider, loggers);
            var html = await renderer.Dispatcher.InvokeAsync(async () =>
                (await renderer.RenderComponentAsync<SpeedDocument>(ParameterView.FromDictionary(new Dictionary<string, object?> { [nameof(SpeedDocument.View)] = view }))).ToHtmlString());
            return PublicAnswer.Text(html, PublicAnswer.Html, now);
        }
        catch (NpgsqlException)
        {
            return PublicAnswer.Text("This page cannot be shown just now. Try again shortly.\n", TextOnly, now, StatusCodes.Status503ServiceUnavailable);
        }
    }

    private sealed class Kept(TimeProvider clock)
    {
        public Rendered Page { get; } = new(clock);

        public SpeedView? View { get; set; }

        public string? Schedule { get; set; }

        public long ReadAt { get; set; }
    }
}
