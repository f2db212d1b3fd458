using Refresher.Core.Alerts;
using Refresher.Core.Alerts.Episodes;
using Refresher.Core.Alerts.Messages;
using Refresher.Core.Alerts.Rules;

namespace Refresher.Core.Tests.Alerts;

public sealed class AlertFlowTests
{
    private static readonly DateTimeOffset Begin = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void What_begins_is_told_at_once_and_its_end_when_it_ends()
    {
        var watch = new Watch(new());

        Assert.Equal([NoticeKind.Begun], watch.See(0, active: true));
        Assert.Equal([NoticeKind.Over], watch.See(5, active: false));
        Assert.Null(watch.Alert.NoticeAt);
    }

    [Fact]
    public void What_is_over_before_the_rule_s_wait_is_told_to_nobody()
    {
        var watch = new Watch(new() { After = TimeSpan.FromMinutes(10) });

        Assert.Empty(watch.See(0, active: true));
        Assert.Empty(watch.See(9, active: false));
        Assert.Empty(watch.Pass(30));
    }

    [Fact]
    public void What_lasts_is_told_after_the_rule_s_wait()
    {
        var watch = new Watch(new() { After = TimeSpan.FromMinutes(10) });

        watch.See(0, active: true);

        Assert.Equal(Begin.AddMinutes(10), watch.Alert.NoticeAt);
        Assert.Equal([NoticeKind.Begun], watch.Pass(10));
    }

    [Fact]
    public void Reminders_come_as_long_as_it_lasts_and_one_for_a_long_silence()
    {
        var watch = new Watch(new() { ReminderEvery = TimeSpan.FromHours(1) });

        watch.See(0, active: true);

        Assert.Equal([NoticeKind.Reminder], watch.Pass(60));
        Assert.Equal([NoticeKind.Reminder], watch.Pass(600));
        Assert.Equal(["begun", "reminder/1", "reminder/2"], watch.Keys);
        Assert.Equal([NoticeKind.Over], watch.See(601, active: false));
        Assert.Empty(watch.Pass(900));
    }

    [Fact]
    public void A_counted_condition_is_told_when_it_happened_often_enough_in_a_row()
    {
        var watch = new Watch(new() { Times = 3 });

        Assert.Empty(watch.See(0, active: true, count: 1));
        Assert.Empty(watch.See(1, active: true, count: 2));
        Assert.Equal([NoticeKind.Begun], watch.See(2, active: true, count: 3));
        Assert.Empty(watch.See(3, active: true, count: 4));
        Assert.Equal(["begun/3"], watch.Keys);
    }

    [Fact]
    public void Changes_that_are_seen_again_or_late_say_nothing_new()
    {
        var watch = new Watch(new());
        watch.See(0, active: true);
        watch.See(5, active: false);

        Assert.Empty(watch.See(0, active: true));
        Assert.Empty(watch.See(3, active: true));
        Assert.Empty(watch.See(5, active: false));
        Assert.Equal(AlertState.Recovered, watch.Alert.State);
    }

    [Fact]
    public void An_end_without_a_beginning_is_told_to_nobody_nor_is_its_beginning_afterwards()
    {
        var watch = new Watch(new());

        Assert.Empty(watch.See(5, active: false));
        Assert.Empty(watch.See(0, active: true));
    }

    [Fact]
    public void What_is_muted_is_told_when_it_still_lasts_after_the_maintenance()
    {
        var watch = new Watch(new() { After = TimeSpan.FromMinutes(5) });
        Assert.Empty(watch.See(0, active: true, muted: true));
        Assert.Empty(watch.Pass(60));

        Assert.Empty(watch.See(90, active: true));

        Assert.Equal([NoticeKind.Begun], watch.Pass(95));
        Assert.Equal(Begin, watch.Alert.Since);
    }

    [Fact]
    public void What_begins_and_ends_within_maintenance_is_told_to_nobody()
    {
        var watch = new Watch(new());

        Assert.Empty(watch.See(0, active: true, muted: true));
        Assert.Empty(watch.See(9, active: false, muted: true));
    }

    [Fact]
    public void An_end_that_is_muted_is_told_to_nobody()
    {
        var watch = new Watch(new());
        watch.See(0, active: true);

        Assert.Empty(watch.See(9, active: false, muted: true));
    }

    [Fact]
    public void In_quiet_hours_it_waits_for_their_end_and_is_dropped_when_it_is_over_by_then()
    {
        var lasting = new Watch(new() { Quiet = Hours("09:00", "12:00") });
        Assert.Empty(lasting.See(0, active: true));
        Assert.Empty(lasting.Pass(119));
        Assert.Equal([NoticeKind.Begun], lasting.Pass(120));

        var passing = new Watch(new() { Quiet = Hours("09:00", "12:00") });
        passing.See(0, active: true);
        Assert.Empty(passing.See(60, active: false));
        Assert.Empty(passing.Pass(200));
    }

    [Fact]
    public void A_grave_condition_is_told_even_in_quiet_hours()
    {
        var watch = new Watch(new() { Quiet = Hours("09:00", "12:00", Change(0, true).Condition) });

        Assert.Equal([NoticeKind.Begun], watch.See(0, active: true));
    }

    [Fact]
    public void The_end_of_what_was_told_before_the_quiet_hours_waits_too()
    {
        var watch = new Watch(new() { Quiet = Hours("10:30", "12:00") });
        watch.See(0, active: true);

        Assert.Empty(watch.See(45, active: false));

        Assert.Equal([NoticeKind.Over], watch.Pass(120));
    }

    [Theory]
    [InlineData("2026-03-02T21:59:00Z", "2026-03-02T21:59:00Z")]
    [InlineData("2026-03-02T22:00:00Z", "2026-03-03T06:00:00Z")]
    [InlineData("2026-03-03T05:59:00Z", "2026-03-03T06:00:00Z")]
    [InlineData("2026-03-06T22:30:00Z", "2026-03-06T22:30:00Z")]
    [InlineData("2026-03-06T05:00:00Z", "2026-03-06T06:00:00Z")]
    public void Quiet_hours_over_midnight_belong_to_the_day_on_which_they_begin(string at, string allowed)
    {
        var hours = new QuietHours { From = "22:00", To = "06:00", Days = ["mon", "tue", "wed", "thu"] };

        Assert.Equal(DateTimeOffset.Parse(allowed), hours.NextAllowed(DateTimeOffset.Parse(at), "site.down"));
    }

    [Fact]
    public void Quiet_hours_follow_the_clocks_of_their_zone()
    {
        var hours = new QuietHours { TimeZone = "Europe/Berlin", From = "22:00", To = "06:00" };

        Assert.Equal(DateTimeOffset.Parse("2026-03-29T04:00:00Z"), hours.NextAllowed(DateTimeOffset.Parse("2026-03-28T23:00:00Z"), "site.down"));
    }

    [Fact]
    public void A_rule_that_was_switched_off_or_looks_elsewhere_tells_no_more()
    {
        var watch = new Watch(new() { ReminderEvery = TimeSpan.FromHours(1) });
        watch.See(0, active: true);
        watch.Rule.Conditions = ["site.degraded"];
        Assert.Empty(watch.Pass(120));

        watch.Rule.Conditions = [watch.Alert.Condition];
        watch.Rule.Enabled = false;
        Assert.Empty(watch.See(130, active: false));
    }

    [Theory]
    [InlineData("site-1", "", "", true)]
    [InlineData("site-1", "site-1", "", true)]
    [InlineData("site-1", "site-2", "", false)]
    [InlineData("site-1", "", "prod", true)]
    [InlineData("site-1", "", "test", false)]
    [InlineData("site-1", "site-1", "test", true)]
    public void A_rule_chooses_by_subject_or_tag(string subject, string subjects, string tags, bool matches)
    {
        var rule = new Setting { Subjects = Split(subjects), Tags = Split(tags) }.ToRule();

        Assert.Equal(matches, rule.Matches(Change(0, true) with { SubjectId = subject, Tags = ["prod", "web"] }));
    }

    [Fact]
    public void A_rule_does_not_look_at_what_happened_before_it_was_there()
    {
        var rule = new Setting().ToRule();
        rule.EffectiveAt = Begin.AddMinutes(1);

        Assert.False(rule.Matches(Change(0, true)));
        Assert.True(rule.Matches(Change(1, true)));
    }

    private static string[] Split(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries);

    private static QuietHours Hours(string from, string to, params string[] even) => new() { From = from, To = to, EvenInQuietHours = even };

    private static StateChange Change(double minute, bool active, int count = 1, bool muted = false) => new()
    {
        EpisodeId = new Guid("01950000-0000-7000-8000-000000000001"),
        Condition = "run.failed",
        Active = active,
        SubjectId = "s",
        SubjectName = "S",
        At = Begin.AddMinutes(minute),
        Since = Begin,
        Count = count,
        Muted = muted,
    };

    private sealed record Setting
    {
        public TimeSpan After { get; init; }

        public TimeSpan? ReminderEvery { get; init; }

        public int Times { get; init; } = 1;

        public QuietHours? Quiet { get; init; }

        public string[] Subjects { get; init; } = [];

        public string[] Tags { get; init; } = [];

        public AlertRule ToRule() => new()
        {
            Id = Guid.CreateVersion7(),
            Name = "rule",
            Conditions = ["run.failed"],
            CountedConditions = ["run.failed"],
            Channels = [Guid.CreateVersion7()],
            After = After,
            ReminderEvery = ReminderEvery,
            Times = Times,
            Quiet = Quiet?.ToJson(),
            Subjects = Subjects,
            Tags = Tags,
        };
    }

    /// <summary>One alert under one rule, and the minutes that pass.</summary>
    private sealed class Watch(Setting setting)
    {
        private readonly List<Notice> _told = [];
        private Alert? _alert;

        public AlertRule Rule { get; } = setting.ToRule();

        public Alert Alert => _alert!;

        public IEnumerable<string> Keys => _told.Select(notice => notice.Change[(AlertFlow.ThreadOf(Alert).Length + 1)..].Replace($"{Rule.Id:N}/", "", StringComparison.Ordinal));

        public NoticeKind[] See(double minute, bool active, int count = 1, bool muted = false)
        {
            var change = Change(minute, active, count, muted);
            if (_alert is null)
            {
                _alert = AlertFlow.Begin(change, Rule, change.At);
            }
            else
            {
                AlertFlow.Apply(_alert, change);
            }

            return Pass(minute);
        }

        /// <summary>What the loop does when its time has come.</summary>
        public NoticeKind[] Pass(double minute)
        {
            var told = AlertFlow.Settle(Alert, Rule, Begin.AddMinutes(minute)).ToArray();
            _told.AddRange(told);
            return [.. told.Select(notice => notice.Kind)];
        }
    }
}
