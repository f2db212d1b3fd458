using Microsoft.AspNetCore.Mvc;
using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Schedules;
using Refresher.Ui;
using Refresher.Web.Components.Pages.Schedules;
using Refresher.Web.Forms;

namespace Refresher.Web.Actions;

/// <summary>What the buttons of schedules do: each answers with the page it came from and a message on it.</summary>
internal static class ScheduleActions
{
    public static void MapSchedules(RouteGroupBuilder actions)
    {
        var schedules = actions.MapGroup("/schedules");
        schedules.MapPost("/{id:guid}/pause", (HttpContext http, Guid id, ScheduleCommands commands) => SetEnabledAsync(http, id, false, commands));
        schedules.MapPost("/{id:guid}/resume", (HttpContext http, Guid id, ScheduleCommands commands) => SetEnabledAsync(http, id, true, commands));
        schedules.MapPost("/{id:guid}/run", RunNowAsync);
        schedules.MapPost("/{id:guid}/delete", DeleteAsync);
        schedules.MapPost("/bulk", BulkAsync);
        schedules.MapPost("/examples/remove", RemoveExamplesAsync);
        schedules.MapPost("/preview", (Delegate)PreviewAsync);
        schedules.MapPost("/notice", NoticeAsync);
    }

    private static async Task<IResult> SetEnabledAsync(HttpContext http, Guid id, bool enabled, ScheduleCommands commands)
    {
        var result = await commands.SetEnabledAsync(id, enabled, http.RequestAborted);
        return http.Back(result, schedule => $"{schedule.Name} {(enabled ? "runs again when it is due." : "is paused.")}");
    }

    private static async Task<IResult> RunNowAsync(HttpContext http, Guid id, ScheduleCommands commands)
    {
        var result = await commands.RunNowAsync(id, null, http.RequestAborted);
        return result.Value is { } run && !http.Request.IsFragment()
            ? Results.LocalRedirect($"/runs/{run.Id}")
            : http.Back(result, started => $"{started.ScheduleKey} is queued.");
    }

    private static async Task<IResult> DeleteAsync(HttpContext http, Guid id, ScheduleCommands commands)
    {
        var deleted = await commands.DeleteAsync([id], http.RequestAborted);
        new Flash(deleted > 0 ? "The schedule is deleted." : "There was nothing to delete.", deleted == 0).Leave(http);
        return Results.LocalRedirect("/schedules");
    }

    private static async Task<IResult> BulkAsync(HttpContext http, [FromForm(Name = "id")] Guid[]? id, [FromForm(Name = "do")] string? what, ScheduleCommands commands)
    {
        var ids = id ?? [];
        if (what == "delete")
        {
            return http.Back($"Deleted: {await commands.DeleteAsync(ids, http.RequestAborted)}.");
        }

        var done = 0;
        foreach (var one in ids)
        {
            done += await DoAsync(one) ? 1 : 0;
        }

        return http.Back(what switch { "pause" => $"Paused: {done}.", "resume" => $"Resumed: {done}.", _ => $"Runs queued: {done}." }, done < ids.Length);

        async Task<bool> DoAsync(Guid one) => what switch
        {
            "pause" or "resume" => (await commands.SetEnabledAsync(one, what == "resume", http.RequestAborted)).Value is not null,
            "run" => (await commands.RunNowAsync(one, null, http.RequestAborted)).Value is not null,
            _ => false,
        };
    }

    private static async Task<IResult> RemoveExamplesAsync(HttpContext http, ScheduleQueries queries, ScheduleCommands commands, KindCatalog kinds)
    {
        var removed = 0;
        foreach (var kind in kinds)
        {
            removed += await kind.RemoveExamplesAsync(http.RequestServices, http.RequestAborted);
        }

        Page<Schedule> page;
        do
        {
            page = await queries.ListAsync(new ScheduleFilter { Tag = ExampleSchedule.Tag }, null, Page<Schedule>.MostLimit, http.RequestAborted);
            removed += await commands.DeleteAsync([.. page.Items.Select(schedule => schedule.Id)], http.RequestAborted);
        }
        while (page.Next is not null);
        return http.Back($"Examples removed: {removed}.");
    }

    /// <summary>The cadence in words and its next instants, while it is typed.</summary>
    private static async Task<IResult> PreviewAsync(HttpContext http)
    {
        var errors = new FieldErrors();
        var form = await http.Request.ReadFormAsync(http.RequestAborted);
        var calendars = form["calendars"].OfType<string>().Where(name => !name.Contains('\0', StringComparison.Ordinal)).ToArray();
        return new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<Upcoming>(new { Cadence = CadenceForm.Sent(form).Read(errors), Errors = errors, Calendars = calendars });
    }

    /// <summary>What has to be done before the options work, while they are typed.</summary>
    private static async Task<IResult> NoticeAsync(HttpContext http, [FromQuery] string kind, KindCatalog kinds)
    {
        if (kinds.Find(kind) is not { CanRun: true } known)
        {
            return Results.NotFound();
        }

        var options = OptionsForm.Sent(known, await http.Request.ReadFormAsync(http.RequestAborted), []).ToJson();
        return new Microsoft.AspNetCore.Http.HttpResults.RazorComponentResult<OptionsNotice>(new { Kind = known, Options = options });
    }
}
