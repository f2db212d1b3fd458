using System.Globalization;
using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class EveryCadenceTests
{
    private static readonly CadenceContext Context = new(At("2026-01-01T00:00:00.1234567Z"));

    [Theory]
    [InlineData("00:05:00", "2025-06-01T00:00:00Z", "2026-01-01T00:00:00.123Z")]
    [InlineData("00:05:00", "2026-01-01T00:00:00.122Z", "2026-01-01T00:00:00.123Z")]
    [InlineData("00:05:00", "2026-01-01T00:00:00.123Z", "2026-01-01T00:05:00.123Z")]
    [InlineData("00:05:00", "2026-01-01T00:05:00.1229999Z", "2026-01-01T00:05:00.123Z")]
    [InlineData("00:00:01.500", "2026-11-21T12:00:00Z", "2026-11-21T12:00:00.123Z")]
    [InlineData("00:00:07", "2126-01-01T00:00:00Z", "2126-01-01T00:00:05.123Z")]
    [InlineData("366.00:00:00", "2026-01-01T00:00:01Z", "2027-01-02T00:00:00.123Z")]
    public void A_fixed_rate_is_counted_from_the_anchor_without_drift(string every, string after, string expected)
    {
        EveryCadence cadence = new(TimeSpan.Parse(every, CultureInfo.InvariantCulture));

        Assert.Equal(At(expected), cadence.Next(At(after), Context));
        Assert.Equal(At(expected), cadence.LatestAtOrBefore(At(expected), Context));
        Assert.Equal(1, cadence.CountBetween(At(after), At(expected), Context));
        Assert.Equal(0, cadence.CountBetween(At(after), At(expected).AddTicks(-1), Context));
    }

    [Fact]
    public void A_day_of_missed_seconds_is_counted_exactly()
    {
        EveryCadence cadence = new(TimeSpan.FromSeconds(1));

        Assert.Equal(86_400, cadence.CountBetween(At("2026-05-01T00:00:00Z"), At("2026-05-02T00:00:00Z"), Context));
        Assert.Equal(0, cadence.CountBetween(At("2026-05-02T00:00:00Z"), At("2026-05-01T00:00:00Z"), Context));
        Assert.Equal(1, cadence.CountBetween(DateTimeOffset.MinValue, Context.Anchor, Context));
        Assert.Null(cadence.LatestAtOrBefore(At("2025-12-31T00:00:00Z"), Context));
        Assert.Null(cadence.Next(DateTimeOffset.MaxValue, Context));
    }

    [Fact]
    public void A_fixed_delay_begins_at_the_anchor_and_goes_on_after_each_end()
    {
        EveryCadence cadence = new(TimeSpan.FromMinutes(10), EveryMode.Delay);

        Assert.False(cadence.IsKnownAhead);
        Assert.Equal(At("2026-01-01T00:00:00.123Z"), cadence.Next(At("2025-01-01T00:00:00Z"), Context));
        Assert.Equal(At("2026-01-01T00:17:30.456Z"), cadence.Next(At("2026-01-01T00:07:30.4567Z"), Context));
        Assert.Equal(At("2026-01-01T00:00:00.123Z"), cadence.LatestAtOrBefore(At("2026-02-01T00:00:00Z"), Context));
        Assert.Equal(1, cadence.CountBetween(At("2025-01-01T00:00:00Z"), At("2026-02-01T00:00:00Z"), Context));
        Assert.Equal(0, cadence.CountBetween(At("2026-01-02T00:00:00Z"), At("2026-02-01T00:00:00Z"), Context));
    }

    [Fact]
    public void Once_is_once()
    {
        OnceCadence cadence = new(At("2027-01-31T09:00:00.0001+01:00"));

        Assert.Equal(At("2027-01-31T08:00:00Z"), cadence.Next(At("2026-01-01T00:00:00Z"), Context));
        Assert.Equal(TimeSpan.Zero, cadence.Next(At("2026-01-01T00:00:00Z"), Context)?.Offset);
        Assert.Null(cadence.Next(At("2027-01-31T08:00:00Z"), Context));
        Assert.Equal(At("2027-01-31T08:00:00Z"), cadence.LatestAtOrBefore(At("2027-01-31T08:00:00Z"), Context));
        Assert.Null(cadence.LatestAtOrBefore(At("2027-01-31T07:59:59Z"), Context));
        Assert.Equal(1, cadence.CountBetween(At("2026-01-01T00:00:00Z"), At("2028-01-01T00:00:00Z"), Context));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
