using Refresher.Tasks.SpeedTest;
using Refresher.Tasks.SpeedTest.Measuring;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class RateEstimateTests
{
    [Theory]
    [InlineData(0.0)]
    [InlineData(0.6)]
    [InlineData(0.8)]
    public void The_interval_holds_the_truth_in_nineteen_of_twenty_measurements(double likeness)
    {
        var random = new Random(7);
        var held = Enumerable.Range(0, 1000).Count(_ =>
        {
            var estimate = RateEstimate.Of(Series(random, 30, likeness));
            return estimate.Low <= 100 && 100 <= estimate.High;
        });

        Assert.InRange(held, 900, 1000);
    }

    [Fact]
    public void A_beginning_that_still_grows_is_left_out()
    {
        double[] rates = [10, 30, 60, 80, 95, .. Series(new Random(3), 25, 0)];

        var estimate = RateEstimate.OfSteadyPart(rates, out var start);

        Assert.InRange(start, 4, 15);
        Assert.InRange(estimate.Mean, 95, 105);
    }

    [Fact]
    public void Of_a_steady_series_nothing_is_left_out()
    {
        RateEstimate.OfSteadyPart([.. Enumerable.Repeat(100.0, 20)], out var start);

        Assert.Equal(0, start);
    }

    [Fact]
    public void A_short_standstill_moves_the_mean_little()
    {
        double[] rates = [.. Series(new Random(1), 30, 0)];
        rates[10] = rates[11] = 0;

        Assert.InRange(RateEstimate.Of(rates).Mean, 96, 104);
    }

    [Fact]
    public void A_steady_line_keeps_a_small_interval() => Assert.Equal(0.5, RateEstimate.Of([.. Enumerable.Repeat(100.0, 20)]).HalfWidth, 6);

    [Fact]
    public void Percentiles_lie_between_the_ranks()
    {
        var summary = LatencySummary.Of([10, 12, 11, 30, 10])!;

        Assert.Equal((10, 11), (summary.Min, summary.Median));
        Assert.Equal(26.4, summary.P95, 6);
        Assert.Equal((2 + 1 + 19 + 20) / 4.0, summary.Jitter, 6);
    }

    [Theory]
    [InlineData(52.52, 13.405, 48.8566, 2.3522, 877.5)]
    [InlineData(0, 0, 0, 180, 20015.1)]
    [InlineData(-33.87, 151.21, -33.87, 151.21, 0)]
    public void Distances_are_those_on_the_globe(double fromNorth, double fromEast, double north, double east, double km)
    {
        var server = new SpeedServer { Url = new Uri("http://a/"), Latitude = north, Longitude = east };

        Assert.Equal(km, server.DistanceFrom(new GeoPoint(fromNorth, fromEast))!.Value, 1.0);
    }

    [Fact]
    public void What_a_server_says_of_the_caller_is_read_whatever_its_shape()
    {
        var known = ClientInfo.Parse("""{"processedString":"192.0.2.1 - Example Net, DE (12 km)","rawIspInfo":{"org":"AS64496 Example Net","loc":"52.5,13.4"}}""");
        var unknown = ClientInfo.Parse("""{"processedString":"<b>hello</b>","rawIspInfo":""}""");

        Assert.Equal(new ClientInfo("192.0.2.1", "AS64496 Example Net", new GeoPoint(52.5, 13.4)), known);
        Assert.Equal(new ClientInfo(null, null, null), unknown);
    }

    /// <summary>Around 100 with a deviation of ten, each value like the one before it to a degree.</summary>
    private static double[] Series(Random random, int length, double likeness)
    {
        var rates = new double[length];
        var before = Noise(random);
        for (var index = 0; index < length; index++)
        {
            before = (likeness * before) + (Math.Sqrt(1 - (likeness * likeness)) * Noise(random));
            rates[index] = 100 + (10 * before);
        }

        return rates;
    }

    private static double Noise(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
