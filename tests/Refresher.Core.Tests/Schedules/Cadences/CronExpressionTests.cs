using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class CronExpressionTests
{
    [Theory]
    // Which field, which value, what is allowed, and where it stands.
    [InlineData("61 * * * *", 0, "in the minute field '61', '61' is out of range; allowed is 0 to 59.")]
    [InlineData("0 24 * * *", 2, "in the hour field '24', '24' is out of range; allowed is 0 to 23.")]
    [InlineData("0 0 0 * *", 4, "in the day of month field '0', '0' is out of range; allowed is 1 to 31, L, L-3, LW or 15W.")]
    [InlineData("0 0 * 13 *", 6, "in the month field '13', '13' is out of range; allowed is 1 to 12 or JAN to DEC.")]
    [InlineData("0 0 * * 8", 8, "in the day of week field '8', '8' is out of range; allowed is 0 to 7 (Sunday is 0 or 7), SUN to SAT, 5L or 5#3.")]
    [InlineData("60 0 0 * * *", 0, "in the second field '60'")]
    [InlineData("  5,61\t*  * * *", 4, "in the minute field '5,61', '61' is out of range")]
    [InlineData("0 9-25 * * *", 4, "in the hour field '9-25', '25' is out of range")]
    [InlineData("0 x * * *", 2, "'x' is not a value")]
    [InlineData("0 0 * FEBRUARY *", 9, "'RUARY' cannot follow 'FEB'")]
    [InlineData("0 0 * FOO *", 6, "'FOO' is not a value")]
    [InlineData("0 0 MON * *", 4, "in the day of month field 'MON'")]
    [InlineData("1, * * * *", 2, "a value is missing in the list")]
    [InlineData(",1 * * * *", 0, "a value is missing in the list")]
    [InlineData("1-  * * * *", 2, "a value is missing at its end")]
    [InlineData("-1 * * * *", 0, "'-1' is not a value")]
    [InlineData("99999999999 * * * *", 0, "is out of range")]
    [InlineData("*/0 * * * *", 1, "'/0' is not a step of it; /1 to /59 can be given")]
    [InlineData("*/90 * * * *", 1, "for a longer rhythm use the cadence every")]
    [InlineData("*/ * * * *", 1, "is not a step")]
    [InlineData("0 */24 * * *", 3, "/1 to /23")]
    [InlineData("0 0 */31 * *", 5, "/1 to /30")]
    [InlineData("5W * * * *", 1, "'W' cannot follow '5'")]
    [InlineData("0 0 L-31 * *", 5, "L-1 to L-30")]
    [InlineData("0 0 L5 * *", 5, "'5' cannot follow 'L'")]
    [InlineData("0 0 W * *", 4, "'W' is not a value")]
    [InlineData("0 0 * * L", 8, "'L' is not a value")]
    [InlineData("0 0 * * 5#6", 8, "#1 to #5")]
    [InlineData("0 0 * * 5#", 8, "#1 to #5")]
    [InlineData("? * * * *", 0, "'?' is not a value")]
    [InlineData("٣ * * * *", 0, "is not a value")]
    [InlineData("* * * *", 0, "4 fields; it takes five")]
    [InlineData("*", 0, "1 field; it takes five")]
    [InlineData("0 0 0 1 1 ? 2026", 0, "years cannot be given")]
    [InlineData("* * * * * * * *", 0, "more than 7 fields")]
    [InlineData("CRON_TZ=UTC * * * * *", 0, "timeZone")]
    [InlineData("", 0, "is needed")]
    [InlineData(" \t ", 0, "is needed")]
    [InlineData("@dayly", 0, "@daily")]
    [InlineData("  @reboot", 2, "not bound to the start")]
    [InlineData("@every 5m", 0, "cadence")]
    // Days that never come.
    [InlineData("0 0 30 2 *", 0, "'0 0 30 2 *' never occurs")]
    [InlineData("0 0 31 4,6,9,11 *", 0, "never occurs")]
    [InlineData("0 0 30W 2 *", 0, "never occurs")]
    [InlineData("0 0 L-29 2 *", 0, "never occurs")]
    [InlineData("0 0 */30 2 2#2", 0, "never occurs")]
    public void What_is_wrong_is_said_with_its_place(string text, int position, string message)
    {
        Assert.False(CronExpression.TryParse(text, out CronExpression? cron, out CronError? error));

        Assert.Null(cron);
        Assert.Equal(position, error.Position);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(position, Assert.Throws<CronFormatException>(() => CronExpression.Parse(text)).Position);
    }

    [Fact]
    public void What_never_occurs_in_one_month_may_occur_in_another()
    {
        Assert.True(CronExpression.TryParse("0 0 30 2,3 *", out _, out _));
        Assert.True(CronExpression.TryParse("0 0 30 2 1", out _, out _));
        Assert.True(CronExpression.TryParse("0 0 L-28 2 *", out _, out _));
    }

    [Theory]
    [InlineData("* * * * *", true)]
    [InlineData("0 * * * *", true)]
    [InlineData("@hourly", true)]
    [InlineData("0 9-17 * * *", true)]
    [InlineData("0/30 2 * * *", true)]
    [InlineData("0-10 0 2 * * *", true)]
    [InlineData("0 2 * * *", false)]
    [InlineData("0,30 2,3 * * *", false)]
    [InlineData("0 0 2 */2 * 1-5", false)]
    [InlineData("@daily", false)]
    public void A_rhythm_has_a_star_a_range_or_a_step_in_its_time(string text, bool interval) =>
        Assert.Equal(interval, CronExpression.Parse(text).IsIntervalLike);

    [Fact]
    public void Calculating_allocates_nothing()
    {
        CadenceContext context = new(DateTimeOffset.UnixEpoch);
        CronCadence cadence = new("*/7 3-9 LW,3W * 5L", "Europe/Berlin");
        DateTimeOffset at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();

        Round();

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Round()
        {
            for (int i = 0; i < 200; i++)
            {
                _ = cadence.Next(at.AddDays(i), context);
                _ = cadence.LatestAtOrBefore(at.AddDays(i + 400), context);
                _ = cadence.CountBetween(at.AddDays(i), at.AddDays(i + 400), context);
            }
        }
    }

    [Fact]
    public void A_copy_with_another_expression_forgets_the_first()
    {
        CadenceContext context = new(DateTimeOffset.UnixEpoch);
        CronCadence daily = new("@daily"), copy = daily with { Cron = "@hourly" };
        DateTimeOffset at = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        Assert.Equal(at.AddDays(1), daily.Next(at, context));
        Assert.Equal(at.AddHours(1), (daily with { Cron = "@hourly" }).Next(at, context));
        Assert.Equal(copy, daily with { Cron = "@hourly" });
        Assert.NotEqual(daily, copy);
    }
}
