using System.Globalization;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Occurrences;

namespace Refresher.Api.Schedules;

/// <summary>Which due times to tell of.</summary>
internal sealed record OccurrencesQuery(DateTimeOffset? From, DateTimeOffset? To, OccurrenceOrder Order, DateTimeOffset? After, int Limit) : IQuery<OccurrencesQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } =
    [
        QueryParameter.Limit,
        QueryParameter.After,
        new("order", "latestFirst (the default): from now, or from to, back. earliestFirst: from now, or from from, on."),
        new("from", "Due at or after this instant."),
        new("to", "Due before this instant."),
    ];

    public static OccurrencesQuery Read(QueryReader query)
    {
        var (from, to) = (query.Instant("from"), query.Instant("to"));
        if (to <= from)
        {
            query.Errors.Add("to", "to must be after from.");
        }

        return new(from, to, query.Word<OccurrenceOrder>("order") ?? OccurrenceOrder.LatestFirst, query.Instant("after"), query.Limit());
    }

    public OccurrenceRange Range(DateTimeOffset now) => OccurrenceRange.Of(From, To, Order, After, Limit, now);
}

/// <summary>A due time, or a stretch of them, what became of it, and why.</summary>
/// <param name="DueAt">Of a stretch the first.</param>
/// <param name="Until">The last due time of a stretch; null for a single one.</param>
/// <param name="Count">Due times in the stretch.</param>
/// <param name="Why">In words.</param>
/// <param name="Note">What clocks do to it.</param>
/// <param name="RunId">Null when it has no run; so are <paramref name="State"/> and what follows.</param>
/// <param name="OtherRunId">The unfinished run for whose sake it was skipped.</param>
/// <param name="Lateness">Seconds from due to started; null when it did not start.</param>
/// <param name="Blocked">Seconds of the lateness that a limit, a pause or an overlap answers for.</param>
internal sealed record OccurrenceItem(
    DateTimeOffset DueAt, DateTimeOffset? Until, long Count, OccurrenceOutcome Outcome, string Why, string? Note, Guid? RunId, Guid? OtherRunId, RunState? State,
    RunTrigger? Trigger, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double? Lateness, double? Blocked)
{
    public static OccurrenceItem Of(OccurrenceAccount account) => new(
        account.At, account.Until, account.Count, account.Outcome, account.Why, account.Note, account.Run?.Id, account.OtherRunId, account.Run?.State,
        account.Run?.Trigger, account.Run?.StartedAt, account.Run?.FinishedAt, account.Run?.Lateness?.TotalSeconds, account.Run?.Blocked);
}

/// <summary>A coming due time of a cadence.</summary>
/// <param name="Local">The same instant on the clocks of the cadence's time zone, with their offset.</param>
/// <param name="Note">What is out of the ordinary about it.</param>
internal sealed record OccurrenceView(DateTimeOffset At, string Local, string? Note)
{
    public static OccurrenceView Of(Occurrence occurrence) =>
        new(occurrence.At, occurrence.Local.ToString("yyyy-MM-ddTHH:mm:ss.FFFzzz", CultureInfo.InvariantCulture), occurrence.Note);
}
