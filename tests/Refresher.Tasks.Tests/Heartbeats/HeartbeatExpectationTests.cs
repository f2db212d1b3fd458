using Refresher.Core.Schedules.Cadences;
using Refresher.Tasks.Heartbeats;

namespace Refresher.Tasks.Tests.Heartbeats;

public sealed class HeartbeatExpectationTests
{
    private static readonly DateTimeOffset At = new(2031, 5, 4, 2, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(5);

    [Fact]
    public void Nothing_is_expected_before_the_first_call()
    {
        var heartbeat = Every(TimeSpan.FromHours(1));

        Assert.Equal((HeartbeatState.New, null, null), (heartbeat.State, heartbeat.ExpectedAt, heartbeat.DeadlineAt));
    }

    [Fact]
    public void A_period_counts_from_the_last_call_and_the_grace_comes_on_top()
    {
        var heartbeat = Every(TimeSpan.FromHours(1));

        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At));

        Assert.Equal((HeartbeatState.Up, At.AddHours(1), At.AddHours(1) + Grace), (heartbeat.State, heartbeat.ExpectedAt!.Value, heartbeat.DeadlineAt!.Value));
        Assert.Equal("up", heartbeat.StateWord(At.AddMinutes(59)));
        Assert.Equal("late", heartbeat.StateWord(At.AddMinutes(61)));
    }

    [Fact]
    public void A_cron_expression_goes_by_the_clocks_of_its_zone()
    {
        var heartbeat = Of(new CronCadence("0 2 * * *", "Europe/Berlin"));

        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At));

        Assert.Equal(new DateTimeOffset(2031, 5, 5, 0, 0, 0, TimeSpan.Zero), heartbeat.ExpectedAt);
    }

    [Fact]
    public void A_start_gives_the_longest_run_time_instead_of_the_grace_and_the_end_measures_it()
    {
        var heartbeat = Every(TimeSpan.FromHours(1), most: TimeSpan.FromMinutes(30));
        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At.AddHours(-1)));

        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Start, At));
        Assert.Equal((HeartbeatState.Running, At, At.AddMinutes(30)), (heartbeat.State, heartbeat.StartedAt!.Value, heartbeat.DeadlineAt!.Value));

        var duration = HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At.AddMinutes(7)));
        Assert.Equal(TimeSpan.FromMinutes(7), duration);
        Assert.Equal((HeartbeatState.Up, TimeSpan.FromMinutes(7), null), (heartbeat.State, heartbeat.LastDuration!.Value, heartbeat.StartedAt));
        Assert.Equal(At.AddHours(-1), heartbeat.Since);
    }

    [Fact]
    public void A_start_without_a_longest_run_time_changes_no_deadline()
    {
        var heartbeat = Every(TimeSpan.FromHours(1));
        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At));
        var deadline = heartbeat.DeadlineAt;

        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Start, At.AddMinutes(50)));

        Assert.Equal(deadline, heartbeat.DeadlineAt);
    }

    [Fact]
    public void A_first_start_that_is_never_followed_by_anything_is_missed_too()
    {
        var heartbeat = Every(TimeSpan.FromHours(1));

        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Start, At));

        Assert.Equal(At.AddHours(1) + Grace, heartbeat.DeadlineAt);
        Assert.Contains("began at 2031-05-04 02:00:00 UTC and was not heard of again", HeartbeatExpectation.Miss(heartbeat, At.AddHours(2)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "not heard of since 2031-05-04 02:00:00 UTC; expected at 2031-05-04 03:00:00 UTC")]
    [InlineData(true, "started at 2031-05-04 02:30:00 UTC and not finished within 00:30:00")]
    public void What_is_missed_says_what_was_expected(bool started, string reason)
    {
        var heartbeat = Every(TimeSpan.FromHours(1), most: TimeSpan.FromMinutes(30));
        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At));
        if (started)
        {
            HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Start, At.AddMinutes(30)));
        }

        Assert.Equal(reason, HeartbeatExpectation.Miss(heartbeat, At.AddHours(2)));
        Assert.Equal((HeartbeatState.Down, At.AddHours(2), null), (heartbeat.State, heartbeat.Since, heartbeat.DeadlineAt));
    }

    [Fact]
    public void A_start_of_what_is_down_is_noted_and_only_its_success_ends_it()
    {
        var heartbeat = Every(TimeSpan.FromHours(1));
        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Fail, At));

        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Start, At.AddMinutes(1)));
        Assert.Equal((HeartbeatState.Down, null), (heartbeat.State, heartbeat.DeadlineAt));

        Assert.Equal(TimeSpan.FromMinutes(2), HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At.AddMinutes(3))));
        Assert.Equal((HeartbeatState.Up, At.AddMinutes(3)), (heartbeat.State, heartbeat.Since));
    }

    [Fact]
    public void What_is_paused_stays_so_whatever_it_says()
    {
        var heartbeat = Every(TimeSpan.FromHours(1));
        heartbeat.State = HeartbeatState.Paused;

        foreach (var kind in Enum.GetValues<BeatKind>())
        {
            HeartbeatExpectation.Hear(heartbeat, new NewBeat(kind, At));
            Assert.Equal((HeartbeatState.Paused, null, null), (heartbeat.State, heartbeat.ExpectedAt, heartbeat.DeadlineAt));
        }

        Assert.Equal(At, heartbeat.LastBeatAt);
    }

    [Fact]
    public void An_edit_never_makes_something_missed_that_has_not_had_its_grace()
    {
        var heartbeat = Every(TimeSpan.FromDays(1));
        HeartbeatExpectation.Hear(heartbeat, new NewBeat(BeatKind.Success, At));
        heartbeat.Cadence = new EveryCadence(TimeSpan.FromMinutes(10));

        HeartbeatExpectation.Renew(heartbeat, At.AddHours(5));

        Assert.Equal((At.AddMinutes(10), At.AddHours(5) + Grace), (heartbeat.ExpectedAt!.Value, heartbeat.DeadlineAt!.Value));
    }

    private static Heartbeat Every(TimeSpan period, TimeSpan? most = null) => Of(new EveryCadence(period), most);

    private static Heartbeat Of(Cadence cadence, TimeSpan? most = null) => new()
    {
        Key = "k",
        Name = "n",
        Cadence = cadence,
        Grace = Grace,
        MaxRunTime = most,
        TokenHash = [],
        SealedToken = "",
        State = HeartbeatState.New,
        Since = At.AddDays(-1),
    };
}
