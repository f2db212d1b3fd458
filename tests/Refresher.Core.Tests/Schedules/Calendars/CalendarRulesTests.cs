using System.Globalization;
using Refresher.Core.Schedules.Calendars;

namespace Refresher.Core.Tests.Schedules.Calendars;

public sealed class CalendarRulesTests
{
    [Theory]
    [InlineData("2026-12-25", "2026-12-25 00:00", "25 December 2026")]
    [InlineData("2026-12-25", "2026-12-25 23:59", "25 December 2026")]
    [InlineData("2026-12-25", "2026-12-26 00:00", null)]
    [InlineData("2026-12-25", "2027-12-25 12:00", null)]
    [InlineData("12-25", "2027-12-25 12:00", "25 December")]
    [InlineData("02-29", "2028-02-29 12:00", "29 February")]
    [InlineData("02-29", "2027-02-28 12:00", null)]
    [InlineData("2026-12-24..2027-01-02", "2027-01-02 23:59", "24 December 2026 to 2 January 2027")]
    [InlineData("2026-12-24..2027-01-02", "2027-01-03 00:00", null)]
    [InlineData("12-24..01-02", "2031-01-01 12:00", "24 December to 2 January")]
    [InlineData("12-24..01-02", "2031-12-31 12:00", "24 December to 2 January")]
    [InlineData("12-24..01-02", "2031-06-15 12:00", null)]
    [InlineData("12-24..12-26 # Christmas", "2026-12-26 12:00", "Christmas: 24 December to 26 December")]
    [InlineData("sat,sun", "2026-11-21 12:00", "Saturday and Sunday")] // a Saturday
    [InlineData("sat,sun", "2026-11-23 00:00", null)] // Monday
    [InlineData("Monday-friday", "2026-11-23 00:00", "Monday to Friday")]
    [InlineData("fri-mon", "2026-11-22 12:00", "Monday and Friday to Sunday")] // Sunday, over the week's end
    [InlineData("fri-mon", "2026-11-24 12:00", null)]
    [InlineData("22:00-06:00", "2026-11-24 22:00", "22:00 to 06:00")]
    [InlineData("22:00-06:00", "2026-11-24 05:59", "22:00 to 06:00")]
    [InlineData("22:00-06:00", "2026-11-24 06:00", null)]
    [InlineData("22:00-06:00", "2026-11-24 21:59", null)]
    [InlineData("00:00-24:00", "2026-11-24 23:59", "00:00 to 24:00")]
    [InlineData("00:00-06:00,22:00-24:00", "2026-11-24 23:59", "00:00 to 06:00 and 22:00 to 24:00")]
    [InlineData("fri 22:00-06:00", "2026-11-21 05:00", "Friday, 22:00 to 06:00")] // a window over midnight belongs to the day on which it begins
    [InlineData("fri 22:00-06:00", "2026-11-20 05:00", null)]
    [InlineData("12-24 14:00-24:00", "2026-12-24 13:59", null)]
    [InlineData("12-24 14:00-24:00", "2026-12-24 14:00", "24 December, 14:00 to 24:00")]
    [InlineData("07-01..08-31 mon-fri 09:00-17:00", "2027-07-05 12:00", "1 July to 31 August, Monday to Friday, 09:00 to 17:00")]
    [InlineData("07-01..08-31 mon-fri 09:00-17:00", "2027-07-04 12:00", null)] // a Sunday
    public void A_rule_covers_what_fits_all_of_its_parts(string rule, string local, string? why) => Assert.Equal(why, Read([rule], "UTC").Why(Utc(local)));

    [Theory]
    [InlineData("Europe/Berlin", "02:00-03:00", "2026-10-25 00:30", true)] // 02:30, the first time
    [InlineData("Europe/Berlin", "02:00-03:00", "2026-10-25 01:30", true)] // 02:30, the second time
    [InlineData("Europe/Berlin", "02:00-03:00", "2026-10-25 02:00", false)] // 03:00
    [InlineData("Europe/Berlin", "02:00-03:00", "2026-03-29 00:59", false)] // 01:59, the last minute before the gap
    [InlineData("Europe/Berlin", "02:00-03:00", "2026-03-29 01:00", false)] // 03:00: 02:00 to 03:00 do not exist that day
    [InlineData("Europe/Berlin", "12-25", "2026-12-24 23:00", true)] // midnight in Berlin
    [InlineData("Europe/Berlin", "12-25", "2026-12-25 23:00", false)]
    [InlineData("America/New_York", "sat,sun", "2026-11-21 04:59", false)] // still Friday there
    [InlineData("America/New_York", "sat,sun", "2026-11-21 05:00", true)]
    [InlineData("Pacific/Apia", "2011-12-30", "2011-12-30 12:00", false)] // a day that Samoa did not have
    [InlineData("Australia/Lord_Howe", "02:00-02:30", "2026-10-03 15:45", false)] // clocks go half an hour forward, from 02:00 to 02:30: it is 02:45
    public void Rules_speak_of_what_the_clocks_of_the_zone_show(string zone, string rule, string utc, bool covered) =>
        Assert.Equal(covered, Read([rule], zone).Covers(Utc(utc)));

    [Fact]
    public void An_instant_is_excluded_when_any_rule_covers_it_and_the_first_one_says_why()
    {
        var rules = Read(["sat,sun", "12-25 # Christmas Day"], "UTC");
        Assert.Equal("Saturday and Sunday", rules.Why(Utc("2027-12-25 08:00"))); // a Saturday
        Assert.Equal("Christmas Day: 25 December", rules.Why(Utc("2026-12-25 08:00")));
        Assert.Null(rules.Why(Utc("2026-12-24 08:00")));
    }

    [Theory]
    [InlineData("2026-11-23 09:00", null)]
    [InlineData("2026-11-23 17:00", "Monday 17:00 is outside its times")]
    [InlineData("2026-11-21 12:00", "Saturday 12:00 is outside its times")]
    public void A_calendar_of_working_hours_excludes_the_rest(string local, string? why) => Assert.Equal(why, Read(["mon-fri 09:00-17:00"], "UTC", only: true).Why(Utc(local)));

    [Fact]
    public void A_day_is_shown_in_stretches()
    {
        var rules = Read(["22:00-06:00", "12-25"], "Europe/Berlin");
        Assert.Equal(
            [new(0, 360, "22:00 to 06:00"), new(360, 1320, null), new CalendarStretch(1320, 1440, "22:00 to 06:00")], rules.Day(new DateOnly(2026, 12, 24)));
        Assert.All(rules.Day(new DateOnly(2026, 12, 25)), stretch => Assert.NotNull(stretch.Why));
        Assert.Equal([new CalendarStretch(0, 1440, "outside its times")], Read(["mon-fri"], "UTC", only: true).Day(new DateOnly(2026, 11, 21)));
    }

    [Theory]
    [InlineData("", "is no rule")]
    [InlineData("# only a note", "is no rule")]
    [InlineData("2026-02-30", "is no day")]
    [InlineData("25.12.2026", "is no day")]
    [InlineData("13-01", "is no day")]
    [InlineData("2026-12-26..2026-12-24", "ends before it begins")]
    [InlineData("2026-12-24..12-26", "either both ends have a year")]
    [InlineData("1-2..3", "is no day")]
    [InlineData("someday", "is no weekday")]
    [InlineData("mo", "is no weekday")]
    [InlineData("mon-tue-wed", "is no weekday")]
    [InlineData("25:00-26:00", "are no hours")]
    [InlineData("22:00", "are no hours")]
    [InlineData("24:00-06:00", "are no hours")]
    [InlineData("22:00-00:00", "are no hours")]
    [InlineData("09:00-09:00", "has no length")]
    [InlineData("22:00-06:00 mon", "wrong place")]
    [InlineData("mon tue", "wrong place")]
    [InlineData("12-24 mon 22:00-06:00 more", "is no rule")]
    [InlineData("sat\u0000", "control characters")]
    public void A_line_that_is_no_rule_is_refused_with_what_is_right(string line, string says)
    {
        var errors = new FieldErrors();
        Assert.Null(CalendarRules.Read("UTC", false, ["sun", line], errors));
        Assert.Contains(says, Assert.Single(errors.Of("rules[1]")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_schedule_is_refused_by_the_first_of_its_calendars_that_excludes()
    {
        var set = new CalendarSet([Stored("holidays", "12-25"), Stored("weekend", "sat,sun")]);
        Assert.Equal("blackout: calendar 'holidays' (25 December)", set.Refusal(["weekend", "holidays"], Utc("2026-12-25 08:00")));
        Assert.Null(set.Refusal(["weekend"], Utc("2026-12-25 08:00")));
        Assert.Null(set.Refusal(["no-such-calendar"], Utc("2026-12-25 08:00")));
    }

    internal static Refresher.Core.Schedules.Calendars.Calendar Stored(string name, params string[] rules) => new() { Name = name, TimeZone = "UTC", Rules = rules };

    private static CalendarRules Read(string[] rules, string zone, bool only = false)
    {
        var errors = new FieldErrors();
        return CalendarRules.Read(zone, only, rules, errors) ?? throw new InvalidOperationException(errors.ToString());
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
