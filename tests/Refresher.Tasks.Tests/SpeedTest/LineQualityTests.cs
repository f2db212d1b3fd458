using Refresher.Tasks.SpeedTest;

namespace Refresher.Tasks.Tests.SpeedTest;

public sealed class LineQualityTests
{
    [Theory]

    // Latency 20, loss 10, rate 30, increase 20: 80, 50 without the rate, 60 with jitter instead.
    [InlineData(5, 1, 0, 200, 6, 6, "great", "great", "great")]

    // Latency 5, loss 5, rate 10, increase 5: 25, 15, and 20 with jitter's 5.
    [InlineData(30, 15, 2, 20, 60, 60, "average", "average", "average")]

    // Latency −10, loss −10, rate 0, increase −10: −30.
    [InlineData(150, 120, 30, 0.5, 300, 400, "bad", "bad", "bad")]

    // The upload's queue counts as the download's: latency 20, loss 10, rate 30, increase −10 (50, 20, 20).
    [InlineData(5, 20, 0, 200, 6, 200, "good", "average", "average")]
    public void Points_come_from_the_stretches_of_the_published_table(
        double ping, double jitter, int lostOf100, double mbps, double loadedDown, double loadedUp, string streaming, string gaming, string calls)
    {
        var quality = LineQuality.Of(Test(ping, jitter, mbps, loadedDown, loadedUp, 100, lostOf100));

        Assert.Equal(new LineQuality(streaming, gaming, calls), quality);
    }

    [Fact]
    public void Loss_that_is_not_known_gives_no_points()
    {
        // 40 instead of 50: gaming is great from 30 on.
        Assert.Equal(new LineQuality("great", "great", "great"), LineQuality.Of(Test(5, 1, 200, 6, 6, null, null)));

        // Latency 10, increase 10, and 10 for no loss: 30, which is just great; 20 is below gaming's 25.
        Assert.Equal("great", LineQuality.Of(Test(15, 1, 200, 30, 30, 100, 0))!.Gaming);
        Assert.Equal("average", LineQuality.Of(Test(15, 1, 200, 30, 30, null, null))!.Gaming);
    }

    [Fact]
    public void Without_a_download_nothing_is_said() => Assert.Null(LineQuality.Of(new SpeedTestResult { Failure = "no answer" }));

    private static SpeedTestResult Test(double ping, double jitter, double mbps, double loadedDown, double loadedUp, int? echoes, int? lost) => new()
    {
        Idle = new SpeedTestLatency { MinMs = ping, MedianMs = ping, P95Ms = ping, JitterMs = jitter },
        Echoes = echoes,
        EchoesLost = lost,
        Download = new SpeedTestDirection { Mbps = mbps, LoadedMs = loadedDown, Stopped = "time", Curve = [] },
        Upload = new SpeedTestDirection { Mbps = mbps, LoadedMs = loadedUp, Stopped = "time", Curve = [] },
    };
}
