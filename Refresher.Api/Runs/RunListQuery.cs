using Refresher.Api.Http;
using Refresher.Core.Runs;

namespace Refresher.Api.Runs;

/// <summary>Which runs to list.</summary>
internal sealed record RunListQuery(RunFilter Filter, Guid? After, int Limit) : IQuery<RunListQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("kind", "Of this kind."),
        new("scheduleId", "Of the schedule with this id."),
        new("state", "scheduled, queued, running, retrying, succeeded, failed, cancelled, expired or skipped."),
        new("trigger", "cadence, manual, backfill, rerun, chain or api."),
        new("worker", "Held, now or last, by this worker."),
        new("queue", "In this queue."),
        new("from", "Due at or after this instant."),
        new("to", "Due before this instant."),
    ];

    public static RunListQuery Read(QueryReader query) => new(
        new RunFilter
        {
            Kind = query.Text("kind"),
            ScheduleId = query.Id("scheduleId"),
            State = query.Word<RunState>("state"),
            Trigger = query.Word<RunTrigger>("trigger"),
            Worker = query.Text("worker"),
            Queue = query.Text("queue"),
            From = query.Instant("from"),
            To = query.Instant("to"),
        },
        query.Id("after", "what a page gave as next"),
        query.Limit());
}
