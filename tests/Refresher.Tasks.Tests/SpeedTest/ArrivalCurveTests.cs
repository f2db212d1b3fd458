using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class ArrivalCurveTests
{
    private const int Segment = 1000;

    // Ten segments each 25 ms are 3.2 Mbit/s.
    private const int PerTick = 10;

    private readonly ArrivalCurve _curve = new(TimeProvider.System, 1000);

    [Fact]
    public void What_a_lost_packet_holds_back_counts_when_it_arrives()
    {
        // From the 20th tick to the 55th nothing is in order; then all is at once.
        for (var tick = 0; tick <= 200; tick++)
        {
            var inOrder = tick is > 20 and < 55 ? 20 : tick;
            _curve.Add(At(tick), [new Crossing(inOrder * PerTick * Segment, tick * PerTick, Segment)]);
        }

        Assert.All(_curve.RatesSince(At(0), TimeSpan.FromMilliseconds(400)), rate => Assert.Equal(3.2, rate, 6));
    }

    [Fact]
    public void What_came_twice_is_no_payload()
    {
        // A tenth of the segments are doubles of what was there.
        for (var tick = 0; tick <= 200; tick++)
        {
            _curve.Add(At(tick), [new Crossing(tick * (PerTick - 1) * Segment, tick * PerTick, Segment)]);
        }

        Assert.All(_curve.RatesSince(At(0), TimeSpan.Zero), rate => Assert.Equal(3.2 * 0.9, rate, 6));
    }

    [Fact]
    public void Streams_that_come_later_are_added_and_one_that_restarts_takes_nothing_away()
    {
        for (var tick = 0; tick <= 100; tick++)
        {
            Crossing first = new(tick * 25_000, 0, 0);
            _curve.Add(At(tick), tick < 50 ? [first] : [first, new Crossing(Math.Min(tick, 80) * 25_000, 0, 0)]);
        }

        _curve.Add(At(101), [new Crossing(0, 0, 0), new Crossing(0, 0, 0)]);

        Assert.Equal((100 + 80) * 25_000, _curve.Bytes);
        Assert.Equal(8, _curve.RatesSince(At(0), TimeSpan.Zero)[0], 6);
        Assert.Equal(16, _curve.RatesSince(At(60), TimeSpan.Zero)[0], 6);
        Assert.All(_curve.RatesSince(At(0), TimeSpan.Zero), rate => Assert.True(rate >= 0));
    }

    [Fact]
    public void The_unsettled_end_is_left_out()
    {
        for (var tick = 0; tick <= 100; tick++)
        {
            _curve.Add(At(tick), [new Crossing(tick, 0, 0)]);
        }

        Assert.Equal(10, _curve.RatesSince(At(0), TimeSpan.Zero).Length);
        Assert.Equal(6, _curve.RatesSince(At(0), TimeSpan.FromSeconds(0.9)).Length);
        Assert.Equal(At(30), _curve.BeginOfPiece(At(0), 3));
    }

    private static long At(int tick) => 1 + (tick * TimeProvider.System.TimestampFrequency / 40);
}
