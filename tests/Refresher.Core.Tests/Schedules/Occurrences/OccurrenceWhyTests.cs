using Refresher.Core.Runs;
using Refresher.Core.Schedules.Occurrences;

namespace Refresher.Core.Tests.Schedules.Occurrences;

public sealed class OccurrenceWhyTests
{
    private static readonly DateTimeOffset Due = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0.005, 0.02, 0, OccurrenceOutcome.Ran, "begun 20 milliseconds after it was due")]
    [InlineData(40, 40.02, 0, OccurrenceOutcome.Late, "begun 40 seconds after it was due; 40 seconds until it was released: no scheduler ran, or PostgreSQL did not answer")]
    [InlineData(0, 90, 0, OccurrenceOutcome.Late, "begun 1 minute 30 seconds after it was due; 1 minute 30 seconds in the queue, until a worker was free")]
    [InlineData(0, 30, 30, OccurrenceOutcome.Ran, "begun 30 seconds after it was due; 30 seconds of it held by a limit, a pause or an overlap")]
    [InlineData(0, -0.1, 0, OccurrenceOutcome.Ran, "begun in time")]
    public void Lateness_is_taken_apart(double queued, double started, double blocked, OccurrenceOutcome outcome, string why)
    {
        var run = Of(RunState.Succeeded, queued, started, blocked);
        Assert.Equal((outcome, why), OccurrenceWhy.Of(run, Due.AddHours(1)));
    }

    [Theory]
    [InlineData(RunState.Skipped, "overlap: an earlier run of this schedule had not ended", OccurrenceOutcome.Skipped)]
    [InlineData(RunState.Skipped, "blackout: calendar 'holidays' (25 December)", OccurrenceOutcome.Skipped)]
    [InlineData(RunState.Expired, "expired: no worker took it before 2026-11-20 12:05:00Z", OccurrenceOutcome.Expired)]
    [InlineData(RunState.Cancelled, "cancelled by anna", OccurrenceOutcome.Cancelled)]
    public void What_never_began_has_its_reason(RunState state, string reason, OccurrenceOutcome outcome) =>
        Assert.Equal((outcome, reason), OccurrenceWhy.Of(Of(state, null, null, 0, reason), Due.AddHours(1)));

    [Theory]
    [InlineData(RunState.Failed, "it broke", OccurrenceOutcome.Ran, "it failed: it broke")]
    [InlineData(RunState.Running, null, OccurrenceOutcome.Running, "it runs on")]
    [InlineData(RunState.Retrying, "not yet", OccurrenceOutcome.Waiting, "it is tried again at 12:00:00 UTC: not yet")]
    public void What_began_says_how_it_stands(RunState state, string? reason, OccurrenceOutcome outcome, string why)
    {
        var told = OccurrenceWhy.Of(Of(state, 0, 0.1, 0, reason), Due.AddMinutes(1));
        Assert.Equal(outcome, told.Outcome);
        Assert.Contains(why, told.Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RunState.Scheduled, -1, OccurrenceOutcome.Coming, "released when it is due")]
    [InlineData(RunState.Scheduled, 1, OccurrenceOutcome.Waiting, "not released yet")]
    [InlineData(RunState.Queued, 60, OccurrenceOutcome.Waiting, "queued for 1 minute; no worker has taken it yet")]
    public void What_waits_says_for_what(RunState state, int seconds, OccurrenceOutcome outcome, string why)
    {
        var told = OccurrenceWhy.Of(Of(state, state == RunState.Queued ? 0 : null, null, 0), Due.AddSeconds(seconds));
        Assert.Equal(outcome, told.Outcome);
        Assert.Contains(why, told.Why, StringComparison.Ordinal);
    }

    private static Run Of(RunState state, double? queued, double? started, double blocked, string? reason = null) => new()
    {
        Kind = "hello",
        Queue = "default",
        Options = "{}",
        Trigger = RunTrigger.Cadence,
        State = state,
        Reason = reason,
        DueAt = Due,
        ReadyAt = Due,
        QueuedAt = queued is { } q ? Due.AddSeconds(q) : null,
        StartedAt = started is { } s ? Due.AddSeconds(s) : null,
        Blocked = blocked,
        Attempt = 1,
    };
}
