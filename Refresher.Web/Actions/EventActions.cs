using Microsoft.AspNetCore.Mvc;
using Refresher.Core.Access;
using Refresher.Core.Outbox;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of consumers and dead letters do.</summary>
internal static class EventActions
{
    public static void MapEvents(RouteGroupBuilder actions)
    {
        var events = actions.MapGroup("/events").RequireAuthorization(Policies.Administer);
        events.MapPost("/consumers/{name}/replay", async (HttpContext http, string name, EventCommands commands) =>
            http.Back(await commands.ReplayAsync(name, null, http.RequestAborted), reader => $"{reader.Name} reads everything again that is kept."));
        events.MapPost("/dead-letters/replay", async (HttpContext http, [FromQuery] string consumer, EventCommands commands) =>
            http.Back(await commands.RetryAllAsync(consumer, http.RequestAborted) is > 0 and var count ? $"{count} dead letters of {consumer} are tried again." : $"Those of {consumer} are being tried already."));
        events.MapPost("/dead-letters/{id:guid}/replay", async (HttpContext http, Guid id, EventCommands commands) =>
            http.Back(await commands.RetryAsync(id, http.RequestAborted), letter => $"{letter.Consumer} tries {letter.Type} again: it is gone when that succeeds."));
        events.MapPost("/dead-letters/{id:guid}/delete", async (HttpContext http, Guid id, EventCommands commands) =>
            http.Back(await commands.DeleteAsync(id, http.RequestAborted), letter => $"{letter.Type} for {letter.Consumer} is thrown away."));
    }
}
