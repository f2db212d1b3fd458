using Refresher.Core.Schedules.Calendars;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of calendars do.</summary>
internal static class CalendarActions
{
    public static void MapCalendars(RouteGroupBuilder actions) => actions.MapPost("/calendars/{name}/delete", async (HttpContext http, string name, CalendarCommands commands) =>
    {
        var result = await commands.DeleteAsync(name, http.RequestAborted);
        if (result.Value is null)
        {
            return http.Back(result, _ => "");
        }

        new Flash($"The calendar {name} is deleted.").Leave(http);
        return Results.LocalRedirect("/calendars");
    });
}
