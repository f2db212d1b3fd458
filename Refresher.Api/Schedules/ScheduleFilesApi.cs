using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Crontab;
using Refresher.Core.Schedules.Files;

namespace Refresher.Api.Schedules;

/// <summary>Schedules as files: out and in again, by key; and a crontab as schedules.</summary>
internal static class ScheduleFilesApi
{
    public static void MapScheduleFiles(this IEndpointRouteBuilder routes)
    {
        var schedules = routes.MapGroup("/schedules").WithTags("Schedules");
        schedules.MapGet("/export", Export).Produces<string>(StatusCodes.Status200OK, "application/yaml", "application/json")
            .WithSummary("Schedules as a file that can be imported: what differs from the defaults, secrets masked.");
        schedules.MapPost("/import", ImportAsync).WithMetadata(new RequestSizeLimitAttribute(BodyLimit.ManySchedules)).WithRequestTimeout(AnswerTime.LongPolicy)
            .WithSummary("Makes schedules what a file says, by key, all or nothing; a dry run shows the difference.");
        schedules.MapPost("/import-crontab", ImportCrontabAsync).WithRequestTimeout(AnswerTime.LongPolicy)
            .WithSummary("Makes paused schedules of the lines of a crontab; a dry run says them in words, and which are refused and why.");
    }

    private static PushStreamHttpResult Export(Query<ScheduleExportQuery> query, ScheduleExport export, CancellationToken cancel)
    {
        var (filter, format) = query.Value;
        var (type, name) = format == ScheduleFileFormat.Yaml ? ("application/yaml; charset=utf-8", "schedules.yaml") : ("application/json; charset=utf-8", "schedules.json");
        return TypedResults.Stream(body => export.WriteAsync(filter, format, body, cancel), type, name);
    }

    private static async Task<Results<Ok<ImportView>, ProblemHttpResult>> ImportAsync(
        Query<ScheduleImportQuery> query, ScheduleFileBody file, ScheduleImport import, CancellationToken cancel)
    {
        var result = await import.RunAsync(file.Text, file.Format, query.Value.DryRun, query.Value.Prune, cancel);
        return result.Value is { } plan ? TypedResults.Ok(ImportView.Of(plan)) : Problems.Of(result, "schedule", "");
    }

    private static async Task<Results<Ok<CrontabView>, ProblemHttpResult>> ImportCrontabAsync(
        Query<CrontabQuery> query, CrontabBody crontab, CrontabSchedules import, CancellationToken cancel)
    {
        var (dryRun, form, timeZone) = query.Value;
        var result = await import.RunAsync(crontab.Text, form, timeZone, dryRun, cancel);
        return result.Value is { } outcome ? TypedResults.Ok(CrontabView.Of(outcome)) : Problems.Of(result, "schedule", "");
    }
}

/// <summary>What an import did, or in a dry run would do.</summary>
/// <param name="Summary">In words.</param>
/// <param name="Schedules">In the file's order, then those that are deleted.</param>
internal sealed record ImportView(bool DryRun, string Summary, int Created, int Updated, int Unchanged, int Deleted, IReadOnlyList<ImportedView> Schedules)
{
    public static ImportView Of(ImportPlan plan) => new(
        plan.DryRun,
        plan.InWords,
        plan.Count(ImportAction.Create),
        plan.Count(ImportAction.Update),
        plan.Count(ImportAction.Unchanged),
        plan.Count(ImportAction.Delete),
        [.. plan.Schedules.Select(schedule => new ImportedView(schedule.Key, schedule.Name, schedule.Action, schedule.CadenceText, schedule.Enabled, [.. schedule.Changes.Select(ChangeView.Of)]))]);
}

/// <summary>One schedule of an import.</summary>
internal sealed record ImportedView(string Key, string Name, ImportAction Action, string CadenceText, bool Enabled, IReadOnlyList<ChangeView> Changes);

/// <summary>A field that changes; null is the default. Secrets are masked.</summary>
internal sealed record ChangeView(string Field, JsonNode? Before, JsonNode? After)
{
    public static ChangeView Of(FieldChange change) => new(change.Field, change.Before, change.After);
}

/// <summary>What became of a crontab, or in a dry run would become of it.</summary>
/// <param name="Refused">Lines that cannot be taken over, and why.</param>
/// <param name="Notes">What is not taken over with a line.</param>
/// <param name="Notice">What has to be allowed before the commands can run; null when nothing has.</param>
internal sealed record CrontabView(
    bool DryRun, CrontabForm Form, IReadOnlyList<CrontabLineView> Schedules, IReadOnlyList<CrontabNote> Refused, IReadOnlyList<CrontabNote> Notes, NoticeView? Notice)
{
    public static CrontabView Of(CrontabOutcome outcome) => new(
        outcome.DryRun,
        outcome.Form,
        [.. outcome.Schedules.Select(made => new CrontabLineView(made.Line, made.Text, made.Key, made.Name, made.IsNew ? ImportAction.Create : ImportAction.Unchanged, made.Cadence, made.InWords, made.NextAt))],
        outcome.Refused,
        outcome.Notes,
        outcome.Notice is { } notice ? new NoticeView(notice.Text, [.. notice.Copy.Select(snippet => new SnippetView(snippet.Title, snippet.Code))]) : null);
}

/// <summary>A line of a crontab as a schedule.</summary>
/// <param name="Action">Unchanged: it was made by an earlier import.</param>
/// <param name="NextAt">When it would be due first, once it is enabled.</param>
internal sealed record CrontabLineView(int Line, string Text, string Key, string Name, ImportAction Action, Cadence Cadence, string CadenceText, DateTimeOffset? NextAt);

/// <summary>What a person has to do.</summary>
internal sealed record NoticeView(string Text, IReadOnlyList<SnippetView> Copy);

/// <summary>What to copy, and where it belongs.</summary>
internal sealed record SnippetView(string Title, string Code);
