using System.Globalization;
using Refresher.Api.Http;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Api.Schedules;

/// <summary>How many occurrences of each sort to show.</summary>
internal sealed record OccurrencesQuery(int Limit) : IQuery<OccurrencesQuery>
{
    public static IReadOnlyList<QueryParameter> Parameters { get; } = [new("limit", "Occurrences of each sort: 1 to 500, 50 when it is not said.")];

    public static OccurrencesQuery Read(QueryReader query) => new(query.Limit());
}

/// <summary>When a schedule will be due and was due.</summary>
/// <param name="Coming">The next ones, the first one first.</param>
/// <param name="Past">Those that have a run, the latest first; prepared ones that wait for their time are among them.</param>
/// <param name="Gaps">Stretches in which none was prepared, the latest first.</param>
internal sealed record OccurrencesView(IReadOnlyList<OccurrenceView> Coming, IReadOnlyList<PastOccurrence> Past, IReadOnlyList<GapView> Gaps)
{
    public static OccurrencesView Of(IEnumerable<Occurrence> coming, IEnumerable<Run> past, IEnumerable<OccurrenceGap> gaps) => new(
        [.. coming.Select(OccurrenceView.Of)],
        [.. past.Select(run => new PastOccurrence(run.DueAt, run.Id, run.State, run.Reason, run.StartedAt, run.FinishedAt, run.Lateness?.TotalSeconds))],
        [.. gaps.Select(gap => new GapView(gap.FromAt, gap.ToAt, gap.Count, gap.Reason))]);
}

/// <summary>A coming due time.</summary>
/// <param name="Local">The same instant on the clocks of the cadence's time zone, with their offset.</param>
/// <param name="Note">What is out of the ordinary about it.</param>
internal sealed record OccurrenceView(DateTimeOffset At, string Local, string? Note)
{
    public static OccurrenceView Of(Occurrence occurrence) =>
        new(occurrence.At, occurrence.Local.ToString("yyyy-MM-ddTHH:mm:ss.FFFzzz", CultureInfo.InvariantCulture), occurrence.Note);
}

/// <summary>A past due time and what became of it.</summary>
/// <param name="Lateness">Seconds from due to started; null when it did not start.</param>
internal sealed record PastOccurrence(
    DateTimeOffset DueAt, Guid RunId, RunState State, string? Reason, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, double? Lateness);

/// <summary>Due times missed in one stretch.</summary>
internal sealed record GapView(DateTimeOffset FromAt, DateTimeOffset ToAt, long Count, string Reason);
