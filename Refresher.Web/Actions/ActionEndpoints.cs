using Refresher.Core.Access;
using Refresher.Tasks;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>Everything that a button changes: for operators, and never without the form's token.</summary>
internal static class ActionEndpoints
{
    public static IEndpointRouteBuilder MapActions(this IEndpointRouteBuilder routes)
    {
        var actions = routes.MapGroup("").RequireAuthorization(Policies.Operate).RequireAntiforgery();
        ScheduleActions.MapSchedules(actions);
        RunActions.MapRuns(actions);
        CalendarActions.MapCalendars(actions);
        QueueActions.MapQueues(actions);
        LimitActions.MapLimits(actions);
        WorkerActions.MapWorkers(actions);
        AlertActions.MapAlerts(actions);
        EventActions.MapEvents(actions);
        UserActions.MapUsers(actions);
        foreach (var kind in TaskCatalog.Kinds)
        {
            kind.MapActions(actions);
        }

        routes.MapRunExport().MapScheduleExport();
        return routes;
    }
}
