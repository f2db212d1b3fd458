using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Schedules.Occurrences;

/// <summary>The due times of a schedule by its present cadence, its share of the jitter included.</summary>
internal sealed class ScheduleTimes(Schedule schedule)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly TimeSpan _shift = DueSchedule.ShiftOf(schedule.Id, schedule.Jitter);
    private readonly CadenceContext _context = new(schedule.StartAt ?? schedule.CreatedAt);

    /// <summary>The first at or after an instant.</summary>
    public DateTimeOffset? FirstFrom(DateTimeOffset at) => schedule.Cadence.Next(at - _shift - Tick, _context) + _shift;

    /// <summary>The last before an instant.</summary>
    public DateTimeOffset? LastBefore(DateTimeOffset at) => schedule.Cadence.LatestAtOrBefore(at - _shift - Tick, _context) + _shift;

    /// <summary>How many there are at or after <paramref name="from"/> and before <paramref name="to"/>.</summary>
    public long Count(DateTimeOffset from, DateTimeOffset to) => schedule.Cadence.CountBetween(from - _shift - Tick, to - _shift - Tick, _context);

    /// <summary>What clocks do to an occurrence; null when nothing, or when it is none of the present cadence.</summary>
    public string? NoteOf(DateTimeOffset due) => schedule.Cadence.IsKnownAhead
        && CadencePreview.Of(schedule.Cadence, _context, due - _shift - Tick, 1) is [{ } found] && found.At + _shift == due ? found.Note : null;

    /// <summary>The instant from which on there are none: the schedule's end, or the one after the last of its runs.</summary>
    /// <param name="next">The next one to prepare.</param>
    public DateTimeOffset End(DateTimeOffset next)
    {
        var end = schedule.EndAt ?? DateTimeOffset.MaxValue.AddYears(-2);
        if (schedule.MaxRuns is not { } most || !schedule.Cadence.IsKnownAhead)
        {
            return end;
        }

        // Halved down to the millisecond rather than stepped through.
        var left = most - (schedule.State?.Prepared ?? 0);
        var (low, high) = (next.ToUnixTimeMilliseconds(), end.ToUnixTimeMilliseconds());
        while (high - low > 1)
        {
            var middle = low + ((high - low) / 2);
            (low, high) = Count(next, DateTimeOffset.FromUnixTimeMilliseconds(middle)) <= left ? (middle, high) : (low, middle);
        }

        return DateTimeOffset.FromUnixTimeMilliseconds(low);
    }
}
