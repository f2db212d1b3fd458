using Refresher.Core.Access;
using Refresher.Core.Runs;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Schedules.Occurrences;

/// <summary>What is known of a schedule's past and plan.</summary>
/// <param name="Changes">What people did to the schedule, the latest first.</param>
internal sealed record OccurrenceEvidence(Schedule Schedule, IReadOnlyList<Run> Runs, IReadOnlyList<OccurrenceGap> Gaps, IReadOnlyList<AuditEntry> Changes, CalendarSet Calendars, DateTimeOffset Now);

/// <summary>
/// Puts runs, gaps and the cadence together to an account of every due time: what lies between two runs is a gap that was written down, is to
/// come, or was never made. Stretches are counted, not stepped through.
/// </summary>
internal sealed class OccurrenceTimeline
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    private readonly OccurrenceEvidence _known;
    private readonly Schedule _schedule;
    private readonly ScheduleTimes _times;
    private readonly OccurrenceRange _range;

    public OccurrenceTimeline(OccurrenceEvidence known, OccurrenceRange range) =>
        (_known, _schedule, _times, _range) = (known, known.Schedule, new ScheduleTimes(known.Schedule), range);

    /// <summary>Everything in the range, in its order; of what is to come at most one more than its limit.</summary>
    public IEnumerable<OccurrenceAccount> Accounts()
    {
        List<OccurrenceAccount> accounts = [];
        var from = _range.From;
        foreach (var run in _known.Runs.OrderBy(run => run.DueAt))
        {
            AddBetween(accounts, from, run.DueAt);
            var (outcome, why) = OccurrenceWhy.Of(run, _known.Now);
            accounts.Add(new OccurrenceAccount { At = run.DueAt, Outcome = outcome, Why = why, Note = _times.NoteOf(run.DueAt), Run = run });
            from = run.DueAt + Tick;
        }

        AddBetween(accounts, from, _range.To);
        return _range.Order == OccurrenceOrder.EarliestFirst ? accounts.OrderBy(account => account.At) : accounts.OrderByDescending(account => account.At);
    }

    private void AddBetween(List<OccurrenceAccount> accounts, DateTimeOffset from, DateTimeOffset to)
    {
        if (from >= to)
        {
            return;
        }

        var prepared = _schedule.State?.NextDueAt ?? _known.Now;
        var past = to < prepared ? to : prepared;
        var at = from;
        foreach (var gap in _known.Gaps.Where(gap => gap.FromAt < past && gap.ToAt >= from).OrderBy(gap => gap.FromAt))
        {
            AddNotMade(accounts, at, gap.FromAt);
            AddGap(accounts, gap, Max(at, gap.FromAt), past);
            at = Max(at, gap.ToAt + Tick);
        }

        AddNotMade(accounts, at, past);
        AddComing(accounts, Max(from, prepared), to);
    }

    private void AddGap(List<OccurrenceAccount> accounts, OccurrenceGap gap, DateTimeOffset from, DateTimeOffset to)
    {
        var isWhole = from <= gap.FromAt && gap.ToAt < to;
        var last = isWhole ? gap.ToAt : _times.LastBefore(Min(gap.ToAt + Tick, to)) ?? from;
        var first = isWhole ? gap.FromAt : _times.FirstFrom(from) ?? from;
        var count = isWhole ? gap.Count : _times.Count(first, last + Tick);
        if (count > 0 && first <= last)
        {
            var outcome = gap.Reason.StartsWith("blackout", StringComparison.Ordinal) ? OccurrenceOutcome.Skipped : OccurrenceOutcome.Missed;
            accounts.Add(Stretch(first, last, count, outcome, gap.Reason));
        }
    }

    private void AddNotMade(List<OccurrenceAccount> accounts, DateTimeOffset from, DateTimeOffset to)
    {
        // The instant of its making is no due time, that of its start is one.
        from = Max(from, Max(_schedule.CreatedAt + Tick, _schedule.StartAt ?? _schedule.CreatedAt));
        to = _schedule.EndAt is { } end ? Min(to, end) : to;
        if (from < to && _schedule.Cadence.IsKnownAhead && _times.Count(from, to) is > 0 and var count && _times.FirstFrom(from) is { } first && _times.LastBefore(to) is { } last)
        {
            accounts.Add(Stretch(first, last, count, OccurrenceOutcome.NotMade, WhyNotMade(first, last)));
        }
    }

    private void AddComing(List<OccurrenceAccount> accounts, DateTimeOffset from, DateTimeOffset to)
    {
        if (_schedule.State?.NextDueAt is not { } next)
        {
            return;
        }

        var isForward = _range.Order == OccurrenceOrder.EarliestFirst;
        var end = Min(to, _times.End(next));
        var at = !_schedule.Cadence.IsKnownAhead ? next : isForward ? _times.FirstFrom(from) : _times.LastBefore(end);
        for (var n = 0; n <= _range.Limit && at is { } due && due >= from && due < end; n++)
        {
            accounts.Add(Coming(due));
            at = !_schedule.Cadence.IsKnownAhead ? null : isForward ? _times.FirstFrom(due + Tick) : _times.LastBefore(due);
        }
    }

    private OccurrenceAccount Coming(DateTimeOffset due)
    {
        var why = _known.Calendars.Refusal(_schedule.Calendars, due) is { } refusal ? $"it will be skipped, {refusal}"
            : due < _known.Now - PlatformDefaults.MisfireThreshold ? "it is not prepared yet: no scheduler runs, or they are behind"
            : !_schedule.Cadence.IsKnownAhead ? "it is due then; the ones after it are counted from the end of each run"
            : "it is due then";
        return new OccurrenceAccount { At = due, Outcome = due > _known.Now ? OccurrenceOutcome.Coming : OccurrenceOutcome.Waiting, Why = why, Note = _times.NoteOf(due) };
    }

    private string WhyNotMade(DateTimeOffset first, DateTimeOffset last)
    {
        var before = _known.Changes.FirstOrDefault(change => change.At <= first);
        var within = _known.Changes.LastOrDefault(change => change.At > first);
        var kept = _schedule.KeepSucceeded ?? PlatformDefaults.Retention;
        return last < _known.Now - kept
                ? $"no record is left: runs that succeeded are kept for {English.Length(kept)}"
            : before is { Action: "schedule.pause" } ? $"the schedule was paused by {before.Actor} at {Utc(before.At)}"
            : within is { Action: "schedule.resume" } ? $"the schedule was paused until {within.Actor} resumed it at {Utc(within.At)}"
            : within is not null ? $"the schedule was another one until {within.Actor} changed it at {Utc(within.At)}"
            : !_schedule.Enabled && first >= _schedule.UpdatedAt ? "the schedule is paused"
            : last <= _schedule.UpdatedAt ? $"the schedule was paused or had another cadence before it was changed at {Utc(_schedule.UpdatedAt)}"
            : _schedule.MaxRuns <= _schedule.State?.Prepared ? $"the schedule has had its {_schedule.MaxRuns} runs"
            : !_schedule.Enabled ? "the schedule is paused"
            : "no run was made for it, and nothing was written down about it";
    }

    private static OccurrenceAccount Stretch(DateTimeOffset first, DateTimeOffset last, long count, OccurrenceOutcome outcome, string why) =>
        new() { At = first, Until = count > 1 ? last : null, Count = count, Outcome = outcome, Why = why };

    private static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", System.Globalization.CultureInfo.InvariantCulture);

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    private static DateTimeOffset Min(DateTimeOffset a, DateTimeOffset b) => a < b ? a : b;
}
