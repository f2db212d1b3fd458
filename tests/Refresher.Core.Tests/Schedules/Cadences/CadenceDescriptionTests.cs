using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class CadenceDescriptionTests
{
    [Theory]
    // Rhythms over the whole day; the zone is named where it matters.
    [InlineData("* * * * *", "Every minute")]
    [InlineData("* * * * * *", "Every second")]
    [InlineData("*/5 * * * *", "Every 5 minutes")]
    [InlineData("*/10 * * * * *", "Every 10 seconds")]
    [InlineData("0,30 * * * *", "Every 30 minutes")]
    [InlineData("5/15 * * * *", "Every 15 minutes from 00:05 to 23:50")]
    [InlineData("15 * * * * *", "Every minute at second 15")]
    [InlineData("@hourly", "Every hour")]
    [InlineData("30 * * * *", "Every hour at minute 30, Europe/Berlin")]
    [InlineData("15 30 * * * *", "Every hour at minute 30, second 15, Europe/Berlin")]
    [InlineData("30 */2 * * *", "Every 2 hours from 00:30 to 22:30, Europe/Berlin")]
    // Steps that do not divide their field begin anew: no rhythm is claimed.
    [InlineData("0 */5 * * *", "Every 5 hours from 00:00 to 20:00, Europe/Berlin")]
    [InlineData("*/7 * * * *", "At minutes 0, 7, 14, 21, 28, 35, 42, 49 and 56 of every hour, Europe/Berlin")]
    [InlineData("*/40 * * * *", "At minutes 0 and 40 of every hour, Europe/Berlin")]
    // Parts of a day.
    [InlineData("* 9-17 * * 1", "Every minute from 09:00 to 17:59 on Monday, Europe/Berlin")]
    [InlineData("*/5 9-11,14-17 * * MON-FRI", "Every 5 minutes from 09:00 to 11:55 and from 14:00 to 17:55 on weekdays, Europe/Berlin")]
    [InlineData("* 22-2 * * *", "Every minute from 22:00 to 02:59, Europe/Berlin")]
    [InlineData("* 22-2 * * 1", "Every minute from 00:00 to 02:59 and from 22:00 to 23:59 on Monday, Europe/Berlin")]
    [InlineData("15 0-5,8-20 * * *", "Every hour from 00:15 to 05:15 and from 08:15 to 20:15, Europe/Berlin")]
    [InlineData("*/5 */2 * * *", "Every 5 minutes of hours 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20 and 22, Europe/Berlin")]
    [InlineData("15/20 0,2,4,6,8,21 * * *", "Every 20 minutes from minute 15 to minute 55 of hours 0, 2, 4, 6, 8 and 21, Europe/Berlin")]
    [InlineData("7 0-2,4,6,8-15,20 * * *", "At minute 7 of hours 0 to 2, 4, 6, 8 to 15 and 20 every day, Europe/Berlin")]
    [InlineData("5,20,51 * * * *", "At minutes 5, 20 and 51 of every hour, Europe/Berlin")]
    [InlineData("10,20 5 1,7 * * *", "At 01:05:10, 01:05:20, 07:05:10 and 07:05:20 every day, Europe/Berlin")]
    // Days of the week.
    [InlineData("30 2 * * 1-5", "At 02:30 on weekdays, Europe/Berlin")]
    [InlineData("30 2 * * *", "At 02:30 every day, Europe/Berlin")]
    [InlineData("0 9,17 * * 6,0", "At 09:00 and 17:00 on weekends, Europe/Berlin")]
    [InlineData("0 12 * * 1,3,5", "At 12:00 on Monday, Wednesday and Friday, Europe/Berlin")]
    [InlineData("0 0 * * 1-4", "At 00:00 from Monday to Thursday, Europe/Berlin")]
    [InlineData("0 0 * * 5-1", "At 00:00 from Friday to Monday, Europe/Berlin")]
    [InlineData("0 0 * * 5L", "At 00:00 on the last Friday of the month, Europe/Berlin")]
    [InlineData("0 0 * * FRI#3", "At 00:00 on the third Friday of the month, Europe/Berlin")]
    // Days of the month, and months.
    [InlineData("0 0 L * *", "At 00:00 on the last day of the month, Europe/Berlin")]
    [InlineData("0 0 L-1 * *", "At 00:00 on the day before the last of the month, Europe/Berlin")]
    [InlineData("0 0 L-3 * *", "At 00:00 on the 3rd day before the last of the month, Europe/Berlin")]
    [InlineData("0 0 LW * *", "At 00:00 on the last weekday of the month, Europe/Berlin")]
    [InlineData("0 0 1W,15W * *", "At 00:00 on the weekday nearest to the 1st and to the 15th of the month, Europe/Berlin")]
    [InlineData("0 0 1,15,L * *", "At 00:00 on the 1st and 15th of the month and on the last day of the month, Europe/Berlin")]
    [InlineData("0 0 1-7 * *", "At 00:00 from the 1st to the 7th of the month, Europe/Berlin")]
    [InlineData("0 0 29 2 *", "At 00:00 on the 29th of February, Europe/Berlin")]
    [InlineData("0 0 1 1,4,7,10 *", "At 00:00 on the 1st of January, April, July and October, Europe/Berlin")]
    [InlineData("0 0 * 6 *", "At 00:00 every day in June, Europe/Berlin")]
    [InlineData("0 0 * 11-2 2", "At 00:00 on Tuesday from November to February, Europe/Berlin")]
    [InlineData("*/5 * * 11-2 *", "Every 5 minutes from November to February, Europe/Berlin")]
    // Both day fields: either matches, but a field that begins with a star only narrows the other.
    [InlineData("0 0 13 * 5", "At 00:00 on the 13th of the month and on every Friday, Europe/Berlin")]
    [InlineData("0 0 1 2 1", "At 00:00 on the 1st of the month and on every Monday, in February, Europe/Berlin")]
    [InlineData("0 0 1 * 1-5", "At 00:00 on the 1st of the month and on every weekday, Europe/Berlin")]
    [InlineData("0 0 13 * */2", "At 00:00 on the 13th of the month if it is a Tuesday, a Thursday, a Saturday or a Sunday, Europe/Berlin")]
    [InlineData("0 0 1-31 * 1", "At 00:00 every day, Europe/Berlin")]
    public void A_cron_expression_in_words(string cron, string expected) =>
        Assert.Equal(expected, CadenceDescription.Describe(new CronCadence(cron, "Europe/Berlin")));

    [Fact]
    public void Other_cadences_in_words()
    {
        Assert.Equal("Every second", Describe(new EveryCadence(TimeSpan.FromSeconds(1))));
        Assert.Equal("Every 90 days", Describe(new EveryCadence(TimeSpan.FromDays(90))));
        Assert.Equal("Every 1 hour 30 minutes", Describe(new EveryCadence(TimeSpan.FromMinutes(90))));
        Assert.Equal("1 minute after the end of each run", Describe(new EveryCadence(TimeSpan.FromMinutes(1), EveryMode.Delay)));
        Assert.Equal("Once, on 31 January 2027 at 08:00 UTC", Describe(new OnceCadence(DateTimeOffset.Parse("2027-01-31T09:00+01:00", CultureInfo.InvariantCulture))));
        Assert.Equal("At sunrise at 52.52° N, 13.405° E", Describe(new SolarCadence(SolarEvent.Sunrise, 52.52, 13.405)));
        Assert.Equal("30 minutes before civil dusk at 33.87° S, 70.5° W", Describe(new SolarCadence(SolarEvent.CivilDusk, -33.87, -70.5, TimeSpan.FromMinutes(-30))));
        Assert.Equal("At 03:00 every day, UTC", Describe(new CronCadence("0 3 * * *")));
    }

    [Fact]
    public void A_wrong_cadence_is_described_by_what_is_wrong()
    {
        Assert.Contains("0 to 59", Describe(new CronCadence("61 * * * *")), StringComparison.Ordinal);
        Assert.Contains("Europe/Berlin", Describe(new CronCadence("@daily", "Europe/Brlin")), StringComparison.Ordinal);
    }

    private static string Describe(Cadence cadence) => CadenceDescription.Describe(cadence);
}
