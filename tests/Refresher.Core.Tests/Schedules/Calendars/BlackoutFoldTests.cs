using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Tests.Schedules.Calendars;

public sealed class BlackoutFoldTests
{
    // A Saturday. The calendar excludes it from 12:00 on.
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly CalendarSet Calendars = new([CalendarRulesTests.Stored("quiet", "2026-11-21 12:00-24:00")]);

    private static readonly DueSchedule EverySecond = new()
    {
        Id = new Guid("01a1fbfd-ed71-7567-97a9-911c0647b93f"),
        Key = "second",
        Kind = "hello",
        Options = "{}",
        Cadence = new EveryCadence(TimeSpan.FromSeconds(1)),
        Queue = "default",
        Priority = 2,
        Anchor = Noon.AddDays(-1),
        NextDueAt = Noon,
        Prepared = 100,
        Calendars = ["quiet"],
    };

    [Fact]
    public void The_first_occurrences_of_a_stretch_get_rows_and_the_others_become_a_gap()
    {
        var first = Prepare(EverySecond with { Prepared = 0 }, Noon);
        Assert.Equal(3, first.Runs.Count);
        Assert.Empty(first.Folded);

        var second = Prepare(EverySecond with { NextDueAt = first.NextDueAt!.Value, Prepared = first.Prepared }, Noon.AddSeconds(3));
        Assert.Empty(second.Runs);
        var folded = Assert.Single(second.Folded);
        Assert.Equal((Noon.AddSeconds(3), Noon.AddSeconds(5), 3, Noon.AddSeconds(2)), (folded.Gap.FromAt, folded.Gap.ToAt, folded.Gap.Count, folded.Before));
        Assert.Equal("blackout: calendar 'quiet' (21 November 2026, 12:00 to 24:00)", folded.Gap.Reason);
        Assert.Equal(Noon.AddSeconds(6), second.NextDueAt);
        Assert.Equal(6, second.Prepared);
    }

    [Fact]
    public void What_comes_after_the_stretch_is_prepared_as_ever()
    {
        var result = Prepare(EverySecond with { NextDueAt = Noon.AddHours(12).AddSeconds(-1) }, Noon.AddHours(12).AddSeconds(-1));
        Assert.Equal([Noon.AddHours(12), Noon.AddHours(12).AddSeconds(1)], result.Runs.Select(run => run.DueAt));
        Assert.Equal(1, Assert.Single(result.Folded).Gap.Count);
    }

    [Fact]
    public void A_schedule_without_that_calendar_is_not_touched()
    {
        var result = Prepare(EverySecond with { Calendars = [], NextDueAt = Noon.AddHours(1) }, Noon.AddHours(1));
        Assert.Equal(3, result.Runs.Count);
        Assert.Empty(result.Folded);
    }

    [Fact]
    public void A_schedule_made_within_a_stretch_begins_with_rows_too()
    {
        var result = Prepare(EverySecond with { Anchor = Noon.AddHours(1), NextDueAt = Noon.AddHours(1), Prepared = 0 }, Noon.AddHours(1));
        Assert.Equal(3, result.Runs.Count);
    }

    [Fact]
    public void With_a_fixed_delay_the_next_due_time_is_counted_from_the_excluded_one()
    {
        var due = Noon.AddHours(1);
        var result = Prepare(EverySecond with { Cadence = new EveryCadence(TimeSpan.FromMinutes(1), EveryMode.Delay), NextDueAt = due }, due.AddSeconds(-1));
        Assert.Empty(result.Runs);
        Assert.Equal((due, due, due.AddMinutes(-1)), (result.Folded[0].Gap.FromAt, result.Folded[0].Gap.ToAt, result.Folded[0].Before));
        Assert.Equal(due.AddMinutes(1), result.NextDueAt);
    }

    [Fact]
    public void Folded_occurrences_count_towards_the_number_of_runs_like_skipped_ones()
    {
        var result = Prepare(EverySecond with { MaxRuns = 5, Prepared = 3, NextDueAt = Noon.AddHours(1) }, Noon.AddHours(1));
        Assert.Equal(2, Assert.Single(result.Folded).Gap.Count);
        Assert.Null(result.NextDueAt);
    }

    [Fact]
    public void Folding_is_bounded_at_a_time_like_running()
    {
        var result = Prepare(EverySecond with { Misfire = Misfire.RunAll, MisfireWindow = TimeSpan.FromDays(1), NextDueAt = Noon.AddHours(1) }, Noon.AddHours(2));
        Assert.Equal(50, Assert.Single(result.Folded).Gap.Count);
        Assert.Equal(Noon.AddHours(1).AddSeconds(50), result.NextDueAt);
    }

    private static Preparation Prepare(DueSchedule schedule, DateTimeOffset now) => Preparation.Of(schedule, now, now + DueSchedules.LookAhead, Calendars);
}
