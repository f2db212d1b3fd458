using Refresher.Core.Access;
using Refresher.Core.Runs;
using Refresher.Core.Schedules;
using Refresher.Core.Schedules.Cadences;
using Refresher.Core.Schedules.Calendars;
using Refresher.Core.Schedules.Occurrences;
using Refresher.Core.Tests.Schedules.Calendars;

namespace Refresher.Core.Tests.Schedules.Occurrences;

public sealed class OccurrenceTimelineTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 12, 0, 30, TimeSpan.Zero);
    private static readonly DateTimeOffset Noon = Now.AddSeconds(-30);

    [Fact]
    public void Runs_gaps_and_what_is_to_come_are_told_in_one_row_of_time()
    {
        var accounts = Accounts(
            Known(runs: [RunAt(-5), RunAt(-4), RunAt(0)], gaps: [GapOf(-3, -1, "misfire: missed while no scheduler ran; the policy is to skip")]),
            new OccurrenceRange(Noon.AddMinutes(-5), Noon.AddMinutes(3), OccurrenceOrder.EarliestFirst, 50));

        Assert.Equal([(-5, 1), (-4, 1), (-3, 3), (0, 1), (1, 1), (2, 1)], accounts.Select(account => ((int)(account.At - Noon).TotalMinutes, (int)account.Count)));
        Assert.Equal(
            [OccurrenceOutcome.Ran, OccurrenceOutcome.Ran, OccurrenceOutcome.Missed, OccurrenceOutcome.Ran, OccurrenceOutcome.Coming, OccurrenceOutcome.Coming],
            accounts.Select(account => account.Outcome));
        Assert.Equal(Noon.AddMinutes(-1), accounts[2].Until);
    }

    [Fact]
    public void The_latest_comes_first_when_it_is_asked_for()
    {
        var range = new OccurrenceRange(Noon.AddMinutes(-2), Noon.AddMinutes(3), OccurrenceOrder.LatestFirst, 50);
        Assert.Equal([2, 1, 0, -1, -2], Accounts(Known(runs: [RunAt(-2), RunAt(-1), RunAt(0)]), range).Select(account => (int)(account.At - Noon).TotalMinutes));
    }

    [Theory]
    [InlineData("schedule.pause", -8, "was paused by anna at")]
    [InlineData("schedule.resume", -3, "was paused until anna resumed it at")]
    [InlineData("schedule.update", -3, "was another one until anna changed it at")]
    public void What_nobody_made_is_explained_by_what_people_did(string action, int minute, string why)
    {
        var change = new AuditEntry { At = Noon.AddMinutes(minute), Actor = "anna", Action = action, SubjectType = "schedule", SubjectId = "", SubjectName = "" };
        var accounts = Accounts(Known(runs: [RunAt(-6), RunAt(-2), RunAt(-1), RunAt(0)], changes: [change]), Past(-6));

        var notMade = Assert.Single(accounts, account => account.Outcome == OccurrenceOutcome.NotMade);
        Assert.Equal((Noon.AddMinutes(-5), Noon.AddMinutes(-3), 3), (notMade.At, notMade.Until, notMade.Count));
        Assert.Contains(why, notMade.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_month_of_seconds_that_nobody_made_is_one_item()
    {
        var schedule = Schedule(new EveryCadence(TimeSpan.FromSeconds(1)), created: Now.AddDays(-30), next: null, enabled: false, updated: Now.AddDays(-29));
        var accounts = Accounts(Known(schedule), new OccurrenceRange(Now.AddDays(-28), Now, OccurrenceOrder.LatestFirst, 50));
        Assert.Equal((28 * 86400, "the schedule is paused"), (Assert.Single(accounts).Count, accounts[0].Why));
    }

    [Fact]
    public void Nothing_is_told_of_before_the_schedule_was_made()
    {
        var accounts = Accounts(Known(Schedule(new EveryCadence(TimeSpan.FromMinutes(1)), created: Noon, next: Noon.AddMinutes(1)), [RunAt(0)]), Past(-60));
        Assert.Equal(Noon, Assert.Single(accounts).At);
    }

    [Fact]
    public void A_run_made_up_for_within_a_gap_splits_it()
    {
        var accounts = Accounts(Known(runs: [RunAt(-3) with { Trigger = RunTrigger.Backfill }, RunAt(0)], gaps: [GapOf(-5, -1, "misfire")]), Past(-5));
        Assert.Equal([(-5, 2), (-3, 1), (-2, 2), (0, 1)], accounts.AsEnumerable().Reverse().Select(account => ((int)(account.At - Noon).TotalMinutes, (int)account.Count)));
        Assert.Contains("backfill", accounts[2].Why, StringComparison.Ordinal);
    }

    [Fact]
    public void Coming_ones_end_with_the_number_of_runs_and_say_what_a_calendar_excludes()
    {
        var schedule = Schedule(new EveryCadence(TimeSpan.FromMinutes(1)), next: Noon.AddMinutes(1), maxRuns: 12, prepared: 10, calendars: ["noon"]);
        var set = new CalendarSet([CalendarRulesTests.Stored("noon", "12:02-12:03")]);
        foreach (var order in Enum.GetValues<OccurrenceOrder>())
        {
            var accounts = Accounts(Known(schedule, calendars: set), new OccurrenceRange(Noon.AddSeconds(1), Noon.AddYears(1), order, 50)).OrderBy(account => account.At).ToArray();
            Assert.Equal([Noon.AddMinutes(1), Noon.AddMinutes(2)], accounts.Select(account => account.At));
            Assert.Equal(["it is due then", "it will be skipped, blackout: calendar 'noon' (12:02 to 12:03)"], accounts.Select(account => account.Why));
        }
    }

    [Fact]
    public void What_is_due_and_not_prepared_says_that_no_scheduler_runs()
    {
        var accounts = Accounts(Known(Schedule(new EveryCadence(TimeSpan.FromMinutes(1)), next: Noon.AddMinutes(-2))), Past(-2));
        Assert.All(accounts.Skip(1), account => Assert.Contains("no scheduler runs", account.Why, StringComparison.Ordinal));
        Assert.Equal(3, accounts.Count);
    }

    [Fact]
    public void A_change_of_clocks_is_noted_also_in_the_past()
    {
        var due = new DateTimeOffset(2026, 10, 25, 0, 30, 0, TimeSpan.Zero); // 02:30 in Berlin, the first time
        var schedule = Schedule(new CronCadence("30 2 * * *", "Europe/Berlin"), created: due.AddDays(-1), next: Now.AddHours(13));
        var accounts = Accounts(Known(schedule, [RunAt(0) with { DueAt = due }]), new OccurrenceRange(due, due.AddMinutes(1), OccurrenceOrder.LatestFirst, 50));
        Assert.Contains("comes twice on 25 October 2026", Assert.Single(accounts).Note, StringComparison.Ordinal);
    }

    private static List<OccurrenceAccount> Accounts(OccurrenceEvidence known, OccurrenceRange range) => [.. new OccurrenceTimeline(known, range).Accounts()];

    private static OccurrenceRange Past(int minutes) => new(Noon.AddMinutes(minutes), Now, OccurrenceOrder.LatestFirst, 50);

    private static OccurrenceEvidence Known(
        Schedule? schedule = null, IReadOnlyList<RunFacts>? runs = null, IReadOnlyList<OccurrenceGap>? gaps = null, IReadOnlyList<AuditEntry>? changes = null, CalendarSet? calendars = null) =>
        new(schedule ?? Schedule(new EveryCadence(TimeSpan.FromMinutes(1)), next: Noon.AddMinutes(1)), [.. (runs ?? []).Select(run => run.ToRun())], gaps ?? [], changes ?? [], calendars ?? CalendarSet.None, Now);

    private static Schedule Schedule(
        Cadence cadence, DateTimeOffset? next, DateTimeOffset? created = null, bool enabled = true, DateTimeOffset? updated = null, int? maxRuns = null, int prepared = 0, string[]? calendars = null) => new()
        {
            Id = new Guid("01a1fbfd-ed71-7567-97a9-911c0647b93f"),
            Key = "s",
            Name = "s",
            Kind = "hello",
            Options = "{}",
            Cadence = cadence,
            Enabled = enabled,
            MaxRuns = maxRuns,
            Calendars = calendars ?? [],
            CreatedAt = created ?? Noon.AddDays(-1),
            UpdatedAt = updated ?? Noon.AddDays(-1),
            State = new ScheduleState { NextDueAt = next, Prepared = prepared },
        };

    private static RunFacts RunAt(int minute) => new(Noon.AddMinutes(minute), RunTrigger.Cadence);

    private static OccurrenceGap GapOf(int from, int to, string reason) => new() { FromAt = Noon.AddMinutes(from), ToAt = Noon.AddMinutes(to), Count = to - from + 1, Reason = reason };

    private sealed record RunFacts(DateTimeOffset DueAt, RunTrigger Trigger)
    {
        public Run ToRun() => new()
        {
            Kind = "hello",
            Queue = "default",
            Options = "{}",
            Trigger = Trigger,
            State = RunState.Succeeded,
            DueAt = DueAt,
            QueuedAt = DueAt,
            StartedAt = DueAt.AddMilliseconds(5),
            Attempt = 1,
        };
    }
}
