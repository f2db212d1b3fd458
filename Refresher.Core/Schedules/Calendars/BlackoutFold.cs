using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Calendars;

/// <summary>Excluded occurrences in a row that get no runs of their own: they make a stretch that was written down before longer, or begin one.</summary>
/// <param name="Gap">These occurrences.</param>
/// <param name="Before">The occurrence before them: where it is the end of a stretch with the same reason, that one goes on.</param>
internal sealed record FoldedGap(OccurrenceGap Gap, DateTimeOffset? Before);

/// <summary>
/// Decides which excluded occurrences are worth a row. The first few of a stretch become runs that are skipped at their release, where people
/// look for them; what follows in the same stretch becomes one growing gap, so that a weekend of seconds is not 172,800 rows.
/// </summary>
internal sealed class BlackoutFold(DueSchedule schedule, CalendarSet calendars)
{
    /// <summary>Occurrences of a stretch that are written one by one.</summary>
    public const int RowsFirst = 3;

    private readonly List<FoldedGap> _folded = [];

    public IReadOnlyList<FoldedGap> Folded => _folded;

    public int Count { get; private set; }

    /// <summary>Takes an occurrence that is excluded like those before it.</summary>
    /// <param name="prepared">Occurrences prepared so far, those of this look included.</param>
    /// <returns>False when it is to have a row of its own: it is not excluded, or is among the first.</returns>
    public bool TryTake(DateTimeOffset at, int prepared)
    {
        if (schedule.Calendars.Count == 0 || prepared < RowsFirst || calendars.Refusal(schedule.Calendars, at) is not { } reason || !GoesOn(at))
        {
            return false;
        }

        Count++;
        var before = Before(at);
        if (_folded is [.., { } last] && last.Gap.ToAt == before && last.Gap.Reason == reason)
        {
            _folded[^1] = last with { Gap = Gap(last.Gap.FromAt, at, last.Gap.Count + 1, reason) };
        }
        else
        {
            _folded.Add(new FoldedGap(Gap(at, at, 1, reason), before));
        }

        return true;
    }

    /// <summary>The occurrence after one that nobody runs; with a fixed delay there is no run to count from, so it is counted from its due time.</summary>
    public DateTimeOffset? After(DateTimeOffset at, DateTimeOffset now) => Delay is { } delay ? (at > now ? at : now) + delay : schedule.After(at);

    private TimeSpan? Delay => schedule.Cadence is EveryCadence { Mode: EveryMode.Delay } every ? every.Every : null;

    private bool GoesOn(DateTimeOffset at)
    {
        DateTimeOffset? before = at;
        for (var n = 0; n < RowsFirst; n++)
        {
            before = Before(before.Value);
            if (before is not { } earlier || earlier < schedule.Anchor || calendars.Refusal(schedule.Calendars, earlier) is null)
            {
                return false;
            }
        }

        return true;
    }

    private DateTimeOffset? Before(DateTimeOffset at) => Delay is { } delay
        ? at - delay
        : schedule.Cadence.LatestAtOrBefore(at - schedule.Shift - TimeSpan.FromMilliseconds(1), schedule.Context) + schedule.Shift;

    private OccurrenceGap Gap(DateTimeOffset from, DateTimeOffset to, long count, string reason) =>
        new() { ScheduleId = schedule.Id, FromAt = from, ToAt = to, Count = count, Reason = reason };
}
