using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>Which runs to list.</summary>
internal sealed record RunListQuery(RunFilter Filter, Guid? After, int Limit) : IQuery<RunListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [QueryParameter.Limit, QueryParameter.After, .. RunFilterQuery.Parameters];

    public static RunListQuery Read(QueryReader query) => new(RunFilterQuery.Read(query), query.Id("after", "what a page gave as next"), query.Limit());
}

/// <summary>The filters of runs, for lists and files alike.</summary>
internal static class RunFilterQuery
{
    private const int MostLate = 366 * 24 * 3600;

    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        new("kind", "Of this kind."),
        new("schedule", "Of the schedule with this id or key."),
        new("scheduleId", "Of the schedule with this id."),
        new("tag", "Of schedules that have this tag now."),
        new("state", "scheduled, queued, running, retrying, succeeded, failed, cancelled, expired or skipped; several with commas."),
        new("trigger", "cadence, manual, backfill, rerun, chain or api."),
        new("worker", "Held, now or last, by this worker."),
        new("queue", "In this queue."),
        new("from", "Due at or after this instant."),
        new("to", "Due before this instant."),
        new("late", "Began later than this many seconds after they were due; what a limit, a pause or an overlap answers for is not counted."),
        new("text", "A part of the reason, the schedule's key, the progress text or the output, in any case; of the last 7 days unless from says otherwise."),
        new("in", "log: the text may stand in a line of the run's log as well."),
    ];

    public static RunFilter Read(QueryReader query)
    {
        var schedule = query.Text("schedule");
        return new RunFilter
        {
            Kind = query.Text("kind"),
            ScheduleId = query.Id("scheduleId") ?? (Guid.TryParse(schedule, out var id) ? id : null),
            ScheduleKey = Guid.TryParse(schedule, out _) ? null : schedule,
            Tag = query.Text("tag"),
            States = query.WordList<RunState>("state"),
            Trigger = query.Word<RunTrigger>("trigger"),
            Worker = query.Text("worker"),
            Queue = query.Text("queue"),
            From = query.Instant("from"),
            To = query.Instant("to"),
            Late = query.Number("late", 0, MostLate) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
            Text = ReadText(query),
            InLog = ReadIn(query),
        };
    }

    private static string? ReadText(QueryReader query) => query.Text("text") switch
    {
        null => null,
        { Length: > 0 and <= RunFilter.LongestText } text => text,
        _ => query.Wrong<string>("text", $"1 to {RunFilter.LongestText} characters"),
    };

    private static bool ReadIn(QueryReader query) => query.Text("in") switch
    {
        null => false,
        "log" when query.Text("text") is not null => true,
        "log" => query.Wrong<bool>("in", "given together with text"),
        _ => query.Wrong<bool>("in", "log"),
    };
}
