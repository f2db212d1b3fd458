using System.Diagnostics;
using Refresher.Core.Data;

namespace Refresher.Core.Tests.Data;

public sealed class ClusterClockTests
{
    private static readonly DateTimeOffset Server = new(2031, 5, 4, 12, 0, 0, TimeSpan.Zero);
    private readonly ClusterClock _clock = new();
    private readonly long _start = Stopwatch.GetTimestamp();

    [Fact]
    public void Nothing_is_synchronized_before_the_first_measurement()
    {
        Assert.False(_clock.Synchronized.IsCompleted);

        Measure(Server, at: 0, roundTrip: 0.001);

        Assert.True(_clock.Synchronized.IsCompletedSuccessfully);
    }

    [Fact]
    public void The_time_is_the_servers_however_wrong_the_host_is()
    {
        Measure(Server, at: 0, roundTrip: 0.001);

        Assert.InRange(_clock.GetUtcNow(), Server, Server.AddMinutes(1));
        Assert.InRange(_clock.HostAhead + (Server - TimeProvider.System.GetUtcNow()), TimeSpan.FromMinutes(-1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void The_server_spoke_in_the_middle_of_the_round_trip()
    {
        _clock.Observe(Server, Timestamp(0), Timestamp(0.2));

        Near(0, _clock.Observe(Server.AddSeconds(9.9), Timestamp(10), Timestamp(10)).TotalSeconds);
    }

    [Fact]
    public void A_better_measurement_replaces_a_worse_one()
    {
        Measure(Server.AddSeconds(0.3), at: 0, roundTrip: 1);
        Near(0.3, Measure(Server.AddSeconds(1), at: 1, roundTrip: 0.001));

        Near(0, Measure(Server.AddSeconds(2), at: 2, roundTrip: 0.001));
    }

    [Fact]
    public void A_worse_measurement_that_agrees_changes_nothing()
    {
        Measure(Server, at: 0, roundTrip: 0.001);
        Near(-0.3, Measure(Server.AddSeconds(1.3), at: 1, roundTrip: 1));

        Near(0, Measure(Server.AddSeconds(2), at: 2, roundTrip: 0.001));
    }

    [Theory]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(2)]
    public void A_jump_of_the_servers_clock_is_told_and_followed_even_by_a_bad_measurement(double jump)
    {
        Measure(Server, at: 0, roundTrip: 0.001);

        Near(-jump, Measure(Server.AddSeconds(1 + jump), at: 1, roundTrip: 0.5));
        Near(0, Measure(Server.AddSeconds(2 + jump), at: 2, roundTrip: 0.5));
    }

    [Fact]
    public void An_old_measurement_loses_its_worth_because_timers_drift()
    {
        Measure(Server, at: 0, roundTrip: 0.002);

        // After an hour the anchor is worth 0.36 s: what is off by 0.1 s, measured to 0.1 s, replaces it.
        Near(0.1, Measure(Server.AddSeconds(3599.9), at: 3600, roundTrip: 0.2));
        Near(0, Measure(Server.AddSeconds(3600.9), at: 3601, roundTrip: 0.2));
    }

    /// <summary>A measurement whose middle is <paramref name="at"/> seconds after the first one's.</summary>
    private double Measure(DateTimeOffset server, double at, double roundTrip) =>
        _clock.Observe(server, Timestamp(at - (roundTrip / 2)), Timestamp(at + (roundTrip / 2))).TotalSeconds;

    private long Timestamp(double seconds) => _start + (long)(seconds * Stopwatch.Frequency);

    private static void Near(double expected, double actual) => Assert.InRange(actual, expected - 0.001, expected + 0.001);
}
