using Refresher.Api.Access;
using Refresher.Api.Alerts;
using Refresher.Api.Audit;
using Refresher.Api.Calendars;
using Refresher.Api.Events;
using Refresher.Api.Http;
using Refresher.Api.Kinds;
using Refresher.Api.Limits;
using Refresher.Api.OpenApi;
using Refresher.Api.Operations;
using Refresher.Api.Queues;
using Refresher.Api.Runs;
using Refresher.Api.Schedules;
using Refresher.Api.Workers;
using Refresher.Core.Access;
using Refresher.Core.Contract;

namespace Refresher.Api;

/// <summary>The way of a request, and where it may lead.</summary>
internal static class ApiRoutes
{
    public const string Base = ApiGroup.Base;

    public static void UseApi(this WebApplication app)
    {
        app.UseKnownProxies();
        app.UseHsts();
        app.UseExceptionHandler();
        app.UseStatusCodePages(Problems.WriteAsync);
        app.Use(AnswerHeaders.AddAsync);
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseRateLimiter();
        app.UseAuthentication();
        app.UseActor(ActorKind.ApiKey);
        app.UseAuthorization();
    }

    public static void MapApi(this WebApplication app)
    {
        var api = app.MapApiGroup();
        api.MapKinds();
        api.MapSchedules();
        api.MapScheduleActions();
        api.MapScheduleFiles();
        api.MapBackfill();
        api.MapRuns();
        api.MapRunLogs();
        api.MapRunExport();
        api.MapRunStatistics();
        api.MapWorkers();
        api.MapWorkerActions();
        api.MapQueues();
        api.MapSystem();
        api.MapLimits();
        api.MapAudit();
        api.MapUsers();
        api.MapKeys();
        api.MapCalendars();
        api.MapChannels();
        api.MapRules();
        api.MapDeliveries();
        api.MapEvents();

        app.MapPrometheusTargets();
        app.MapGet($"/openapi/{ApiDocumentText.Name}.json", async (ApiDocumentText text, CancellationToken cancel) => TypedResults.Bytes(await text.GetAsync(cancel), "application/json;charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        app.MapSecurityText();
        foreach (var kind in app.Services.GetRequiredService<KindCatalog>())
        {
            kind.MapEndpoints(app);
            kind.MapPublic(app);
        }
    }
}
