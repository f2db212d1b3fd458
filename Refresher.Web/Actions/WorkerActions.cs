using Microsoft.AspNetCore.Mvc;
using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.Ui;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of a worker do.</summary>
internal static class WorkerActions
{
    public static void MapWorkers(RouteGroupBuilder actions)
    {
        var worker = actions.MapGroup("/workers/{name}");
        worker.MapPost("/drain", async (HttpContext http, string name, WorkerCommands commands) =>
            http.Back(await commands.DrainAsync(name, http.RequestAborted), order => $"{order.Worker} takes no more runs, and finishes those it has."));
        worker.MapPost("/resume", async (HttpContext http, string name, WorkerCommands commands) =>
            http.Back(await commands.ResumeAsync(name, http.RequestAborted), order => $"{order.Worker} takes runs again."));
        worker.MapPost("/stop", async (HttpContext http, string name, WorkerCommands commands) =>
            http.Back(await commands.StopAsync(name, http.RequestAborted), order => $"{order.Worker} stops: it finishes or hands back what it has."));
        worker.MapPost("/concurrency", SetConcurrencyAsync);
        worker.MapPost("/configured", async (HttpContext http, string name, WorkerCommands commands) =>
            http.Back(await commands.SetConcurrencyAsync(name, null, http.RequestAborted), order => $"{order.Worker} has as many slots as it is configured to."));
    }

    private static async Task<IResult> SetConcurrencyAsync(HttpContext http, string name, [FromForm] string? concurrency, WorkerCommands commands)
    {
        if (!int.TryParse(concurrency, System.Globalization.CultureInfo.InvariantCulture, out var slots))
        {
            return http.Back(Result<WorkerOrder>.Invalid(new FieldErrors().Add("slots", $"a number from 1 to {WorkerCommands.MostConcurrency} is needed.")), _ => "");
        }

        return http.Back(await commands.SetConcurrencyAsync(name, slots, http.RequestAborted), order => $"{order.Worker} now executes up to {order.Concurrency} runs at once.");
    }
}
