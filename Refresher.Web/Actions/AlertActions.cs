using Refresher.Core;
using Refresher.Core.Access;
using Refresher.Core.Alerts.Channels;
using Refresher.Core.Alerts.Deliveries;
using Refresher.Core.Alerts.Rules;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of alerts do.</summary>
internal static class AlertActions
{
    public static void MapAlerts(RouteGroupBuilder actions)
    {
        actions.MapPost("/alerts/channels/{id:guid}/test", async (HttpContext http, Guid id, ChannelCommands commands) =>
        {
            var result = await commands.TestAsync(id, http.RequestAborted);
            return result.Value is { Outcome: not SendOutcome.Sent } failed
                ? http.Back($"The test did not go through. {failed.Text}", isError: true)
                : http.Back(result, answer => $"The test was sent. The answer: {answer.Text}");
        });
        actions.MapPost("/alerts/channels/{id:guid}/delete", async (HttpContext http, Guid id, ChannelCommands commands) =>
            Leave(http, await commands.DeleteAsync(id, http.RequestAborted), channel => $"The channel {channel.Name} is deleted.", "/alerts/channels")).RequireAuthorization(Policies.Administer);
        actions.MapPost("/alerts/rules/{id:guid}/delete", async (HttpContext http, Guid id, RuleCommands commands) =>
            Leave(http, await commands.DeleteAsync(id, http.RequestAborted), rule => $"The rule {rule.Name} is deleted.", "/alerts/rules"));
        actions.MapPost("/alerts/deliveries/{id:guid}/retry", async (HttpContext http, Guid id, DeliveryCommands commands) =>
            http.Back(await commands.RetryAsync(id, http.RequestAborted), delivery => $"“{delivery.Title}” is sent again."));
    }

    private static IResult Leave<T>(HttpContext http, Result<T> result, Func<T, string> message, string to)
        where T : class
    {
        if (result.Value is not { } done)
        {
            return http.Back(result, _ => "");
        }

        new Flash(message(done)).Leave(http);
        return Results.LocalRedirect(to);
    }
}
