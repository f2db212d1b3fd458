using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

/// <summary>Well-known cases written by hand.</summary>
public sealed class CronCadenceTests
{
    private static readonly CadenceContext Unanchored = new(DateTimeOffset.UnixEpoch);

    [Theory]
    // Plain clocks.
    [InlineData("* * * * *", "UTC", "2026-11-21T12:00:00Z", "2026-11-21T12:01:00Z")]
    [InlineData("* * * * *", "UTC", "2026-11-21T12:00:59.999Z", "2026-11-21T12:01:00Z")]
    [InlineData("* * * * * *", "UTC", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z")]
    [InlineData("30 2 * * 1-5", "Europe/Berlin", "2026-11-20T01:30:00Z", "2026-11-23T01:30:00Z")]
    [InlineData("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    // The century rule: 2100 is no leap year.
    [InlineData("0 0 29 2 *", "UTC", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z")]
    // 29 February on a Monday: the fifth Monday of February; over 2100 it takes forty years.
    [InlineData("0 0 * 2 1#5", "UTC", "2026-01-01T00:00:00Z", "2044-02-29T00:00:00Z")]
    [InlineData("0 0 * 2 1#5", "UTC", "2072-02-29T00:00:00Z", "2112-02-29T00:00:00Z")]
    // Either day field matches (Vixie): Friday or the thirteenth.
    [InlineData("0 0 13 * 5", "UTC", "2026-11-07T00:00:00Z", "2026-11-13T00:00:00Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-12-05T00:00:00Z", "2026-12-11T00:00:00Z")]
    [InlineData("0 0 13 * 5", "UTC", "2026-12-11T00:00:00Z", "2026-12-13T00:00:00Z")]
    // A field that begins with a star counts as a star (Vixie): odd days that are Mondays.
    [InlineData("0 0 */2 * 1", "UTC", "2026-11-01T00:00:00Z", "2026-11-09T00:00:00Z")]
    // Last days.
    [InlineData("0 0 L * *", "UTC", "2028-02-01T00:00:00Z", "2028-02-29T00:00:00Z")]
    [InlineData("0 0 L-3 * *", "UTC", "2026-02-01T00:00:00Z", "2026-02-25T00:00:00Z")]
    [InlineData("0 0 LW * *", "UTC", "2026-05-01T00:00:00Z", "2026-05-29T00:00:00Z")]
    // Nearest weekdays: Saturday 15 August 2026, Sunday 15 November 2026, Saturday 1 August 2026, Sunday 31 May 2026.
    [InlineData("0 0 15W * *", "UTC", "2026-08-01T00:00:00Z", "2026-08-14T00:00:00Z")]
    [InlineData("0 0 15W * *", "UTC", "2026-11-01T00:00:00Z", "2026-11-16T00:00:00Z")]
    [InlineData("0 0 1W * *", "UTC", "2026-07-31T00:00:00Z", "2026-08-03T00:00:00Z")]
    [InlineData("0 0 31W * *", "UTC", "2026-05-01T00:00:00Z", "2026-05-29T00:00:00Z")]
    [InlineData("0 0 * * 5L", "UTC", "2026-11-01T00:00:00Z", "2026-11-27T00:00:00Z")]
    [InlineData("0 0 * * FRI#3", "UTC", "2026-11-01T00:00:00Z", "2026-11-20T00:00:00Z")]
    // Europe/Berlin, 29 March 2026: 02:00 to 02:59 do not exist.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("*/30 * * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z")]
    // Europe/Berlin, 25 October 2026: 02:00 to 02:59 come twice.
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("*/30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")]
    // Australia/Lord_Howe moves by half an hour: 4 October 2026 02:00 to 02:29 do not exist, 5 April 2026 01:30 to 01:59 come twice.
    [InlineData("15 2 * * *", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", "2026-10-03T15:30:00Z")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T14:45:00Z")]
    [InlineData("45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z")]
    // America/Sao_Paulo, 4 November 2018: no midnight.
    [InlineData("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", "2018-11-04T03:00:00Z")]
    // Africa/Cairo, 24 April 2026: no midnight either.
    [InlineData("0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00Z", "2026-04-23T22:00:00Z")]
    // Pacific/Apia had no 30 December 2011: its ten o'clock is the first instant of the 31st, on which ten o'clock comes as always.
    [InlineData("0 10 * * *", "Pacific/Apia", "2011-12-29T21:00:00Z", "2011-12-30T10:00:00Z")]
    [InlineData("0 10 * * *", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T20:00:00Z")]
    public void The_next_occurrence_is(string cron, string zone, string after, string expected)
    {
        CronCadence cadence = new(cron, zone);

        DateTimeOffset? next = cadence.Next(At(after), Unanchored);

        Assert.Equal(At(expected), next);
        Assert.Equal(TimeSpan.Zero, next?.Offset);
        Assert.Equal(next, cadence.LatestAtOrBefore(At(expected), Unanchored));
        Assert.Equal(1, cadence.CountBetween(At(after), At(expected), Unanchored));
        Assert.Equal(0, cadence.CountBetween(At(after), At(expected).AddTicks(-1), Unanchored));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
