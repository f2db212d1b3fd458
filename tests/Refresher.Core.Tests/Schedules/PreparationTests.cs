using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Tests.Schedules;

public sealed class PreparationTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 0, TimeSpan.Zero);

    // A minute's rhythm from midnight: the occurrence of 12:00 is due just now.
    private static readonly DueSchedule EveryMinute = new()
    {
        Id = new Guid("01a1fbfd-ed71-7567-97a9-911c0647b93f"),
        Key = "minute",
        Kind = "hello",
        Options = "{}",
        Cadence = new EveryCadence(TimeSpan.FromMinutes(1)),
        Queue = "default",
        Priority = 2,
        Anchor = Now.AddHours(-12),
        Misfire = Misfire.RunOnce,
        MisfireWindow = TimeSpan.FromHours(1),
        NextDueAt = Now,
        Prepared = 0,
    };

    private static readonly DueSchedule EverySecond = EveryMinute with { Cadence = new EveryCadence(TimeSpan.FromSeconds(1)) };

    [Fact]
    public void What_is_due_within_the_look_ahead_is_prepared_and_the_next_due_time_is_the_first_one_after_it()
    {
        var result = Prepare(EverySecond);

        Assert.Equal([0, 1, 2], SecondsOf(result));
        Assert.Equal(Now.AddSeconds(3), result.NextDueAt);
        Assert.Equal(3, result.Prepared);
        Assert.Null(result.Gap);
    }

    [Fact]
    public void An_occurrence_becomes_a_run_that_waits_for_its_time_and_expires_at_the_next_one()
    {
        var run = Assert.Single(Prepare(EveryMinute).Runs);

        Assert.Equal(RunId.OfOccurrence(EveryMinute.Id, Now), run.Id);
        Assert.Equal((RunTrigger.Cadence, RunState.Scheduled, Now, Now.AddMinutes(1)), (run.Trigger, run.State, run.DueAt, run.ExpiresAt));
    }

    [Fact]
    public void Preparing_again_makes_the_same_ids()
    {
        Assert.Equal(Prepare(EverySecond).Runs.Select(run => run.Id), Prepare(EverySecond).Runs.Select(run => run.Id));
    }

    [Theory]
    [InlineData(Misfire.Skip)]
    [InlineData(Misfire.RunOnce)]
    [InlineData(Misfire.RunAll)]
    public void What_is_a_few_seconds_late_is_no_misfire(Misfire misfire)
    {
        var result = Prepare(EverySecond with { Misfire = misfire, NextDueAt = Now.AddSeconds(-4) });

        Assert.Equal([-4, -3, -2, -1, 0, 1, 2], SecondsOf(result));
        Assert.Null(result.Gap);
    }

    [Fact]
    public void Skip_writes_down_all_that_was_missed_and_goes_on()
    {
        var result = Prepare(EveryMinute with { Misfire = Misfire.Skip, NextDueAt = Now.AddMinutes(-10) });

        Assert.Equal([0], SecondsOf(result));
        AssertGap(result, Now.AddMinutes(-10), Now.AddMinutes(-1), 10);
    }

    [Fact]
    public void Run_once_runs_the_latest_that_was_missed_and_writes_down_the_others()
    {
        var result = Prepare(EveryMinute with { NextDueAt = Now.AddMinutes(-10) });

        Assert.Equal([-60, 0], SecondsOf(result));
        AssertGap(result, Now.AddMinutes(-10), Now.AddMinutes(-2), 9);
    }

    [Fact]
    public void Run_once_with_one_missed_leaves_no_gap()
    {
        var result = Prepare(EveryMinute with { NextDueAt = Now.AddMinutes(-1) });

        Assert.Equal([-60, 0], SecondsOf(result));
        Assert.Null(result.Gap);
    }

    [Fact]
    public void Run_once_does_not_run_what_is_older_than_its_window()
    {
        var result = Prepare(EveryMinute with
        {
            Cadence = new EveryCadence(TimeSpan.FromHours(3)),
            Anchor = Now.AddHours(-7),
            NextDueAt = Now.AddHours(-4),
            MisfireWindow = TimeSpan.FromMinutes(30),
        });

        Assert.Empty(result.Runs);
        Assert.Equal(Now.AddHours(2), result.NextDueAt);
        AssertGap(result, Now.AddHours(-4), Now.AddHours(-1), 2);
    }

    [Fact]
    public void Run_all_runs_everything_within_its_window_and_writes_down_what_is_older()
    {
        var result = Prepare(EveryMinute with { Misfire = Misfire.RunAll, MisfireWindow = TimeSpan.FromMinutes(3), NextDueAt = Now.AddMinutes(-10) });

        Assert.Equal([-180, -120, -60, 0], SecondsOf(result));
        AssertGap(result, Now.AddMinutes(-10), Now.AddMinutes(-4), 7);
    }

    [Fact]
    public void Catching_up_is_bounded_and_goes_on_where_it_stopped()
    {
        var first = Prepare(EverySecond with { Misfire = Misfire.RunAll, NextDueAt = Now.AddMinutes(-2) });
        var second = Prepare(EverySecond with { Misfire = Misfire.RunAll, NextDueAt = first.NextDueAt!.Value, Prepared = first.Prepared });

        Assert.Equal(Enumerable.Range(-120, 50).Select(s => (double)s), SecondsOf(first));
        Assert.Equal(Enumerable.Range(-70, 50).Select(s => (double)s), SecondsOf(second));
        Assert.Null(first.Gap);
        Assert.Null(second.Gap);
        Assert.Equal(100, second.Prepared);
    }

    [Fact]
    public void A_year_of_missed_seconds_is_one_row()
    {
        var result = Prepare(EverySecond with { Anchor = Now.AddYears(-2), NextDueAt = Now.AddYears(-1) });

        AssertGap(result, Now.AddYears(-1), Now.AddSeconds(-6), (365 * 86400) - 5);
        Assert.Equal(-5, SecondsOf(result)[0]);
    }

    [Theory]
    [InlineData(Misfire.RunOnce)]
    [InlineData(Misfire.RunAll)]
    public void What_is_run_late_on_purpose_is_not_expired_before_it_can_begin(Misfire misfire)
    {
        var result = Prepare(EverySecond with { Misfire = misfire, NextDueAt = Now.AddSeconds(-30) });

        Assert.Contains(result.Runs, run => run.DueAt < Now.AddSeconds(-4));
        Assert.All(result.Runs, run => Assert.True(run.ExpiresAt > Now, $"Due {run.DueAt:HH:mm:ss}, it expires at {run.ExpiresAt:HH:mm:ss}."));
    }

    [Fact]
    public void A_time_to_expire_counts_from_when_the_run_could_be_had()
    {
        var result = Prepare(EveryMinute with { ExpireAfter = TimeSpan.FromSeconds(20), NextDueAt = Now.AddMinutes(-1) });

        Assert.Equal([Now.AddSeconds(20), Now.AddSeconds(20)], result.Runs.Select(run => run.ExpiresAt));
    }

    [Fact]
    public void After_the_last_of_its_runs_a_schedule_has_no_next_due_time()
    {
        var result = Prepare(EverySecond with { MaxRuns = 5, Prepared = 3 });

        Assert.Equal([0, 1], SecondsOf(result));
        Assert.Null(result.NextDueAt);
        Assert.Equal(5, result.Prepared);
    }

    [Fact]
    public void Nothing_is_due_at_the_end_or_after_it()
    {
        var result = Prepare(EverySecond with { EndAt = Now.AddSeconds(1) });

        Assert.Equal([0], SecondsOf(result));
        Assert.Null(result.NextDueAt);
    }

    [Fact]
    public void A_schedule_that_ended_while_nobody_was_there_writes_down_what_it_missed_and_ends()
    {
        var result = Prepare(EveryMinute with { NextDueAt = Now.AddMinutes(-10), EndAt = Now.AddMinutes(-5) });

        Assert.Null(result.NextDueAt);
        Assert.All(result.Runs, run => Assert.True(run.DueAt < Now.AddMinutes(-5)));
        Assert.Equal(5, result.Runs.Count + (result.Gap?.Count ?? 0));
    }

    [Fact]
    public void A_single_time_is_prepared_once()
    {
        var result = Prepare(EveryMinute with { Cadence = new OnceCadence(Now) });

        Assert.Null(Assert.Single(result.Runs).ExpiresAt);
        Assert.Null(result.NextDueAt);
    }

    [Theory]
    [InlineData(-10)]
    [InlineData(-90)]
    public void A_single_time_that_was_missed_runs_on_return_if_it_is_within_the_window(int minutes)
    {
        var result = Prepare(EveryMinute with { Cadence = new OnceCadence(Now.AddMinutes(minutes)), NextDueAt = Now.AddMinutes(minutes) });

        Assert.Equal(minutes == -10 ? 1 : 0, result.Runs.Count);
        Assert.Equal(minutes == -10 ? null : 1, result.Gap?.Count);
        Assert.Null(result.NextDueAt);
    }

    [Fact]
    public void With_a_fixed_delay_one_run_is_prepared_and_the_next_waits_for_its_end_and_nothing_is_missed()
    {
        var result = Prepare(EveryMinute with { Cadence = new EveryCadence(TimeSpan.FromMinutes(1), EveryMode.Delay), NextDueAt = Now.AddHours(-5) });

        var run = Assert.Single(result.Runs);
        Assert.Equal((Now.AddHours(-5), (DateTimeOffset?)null), (run.DueAt, run.ExpiresAt));
        Assert.Null(result.Gap);
        Assert.Null(result.NextDueAt);
    }

    [Fact]
    public void Jitter_moves_every_occurrence_by_the_same_and_counts_no_other()
    {
        var shift = TimeSpan.FromSeconds(17);
        var result = Prepare(EveryMinute with { Shift = shift, NextDueAt = Now.AddMinutes(-10) + shift });

        Assert.Equal([-43], SecondsOf(result));
        Assert.Equal(Now + shift, result.NextDueAt);
        AssertGap(result, Now.AddMinutes(-10) + shift, Now.AddMinutes(-2) + shift, 9);
    }

    private static Preparation Prepare(DueSchedule schedule) => Preparation.Of(schedule, Now, Now + DueSchedules.LookAhead, CalendarSet.None);

    private static double[] SecondsOf(Preparation result) => [.. result.Runs.Select(run => (run.DueAt - Now).TotalSeconds)];

    private static void AssertGap(Preparation result, DateTimeOffset from, DateTimeOffset to, long count)
    {
        Assert.NotNull(result.Gap);
        Assert.Equal((from, to, count), (result.Gap.FromAt, result.Gap.ToAt, result.Gap.Count));
    }
}
