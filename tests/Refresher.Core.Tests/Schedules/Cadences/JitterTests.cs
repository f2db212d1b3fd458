using Refresher.Core.Schedules.Cadences;

namespace Refresher.Core.Tests.Schedules.Cadences;

public sealed class JitterTests
{
    [Fact]
    public void A_schedule_has_one_jitter_on_every_machine()
    {
        // Written down, because a change would move every schedule by up to its jitter.
        Assert.Equal(TimeSpan.FromMilliseconds(32_733), Jitter.For(new Guid("0196a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b"), TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void Jitters_fill_their_range_evenly_even_for_ids_made_one_after_the_other()
    {
        TimeSpan max = TimeSpan.FromSeconds(10);
        int[] tenths = new int[10];
        for (int i = 0; i < 10_000; i++)
        {
            TimeSpan jitter = Jitter.For(new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, (byte)(i >> 8), (byte)i), max);
            Assert.True(jitter >= TimeSpan.Zero && jitter < max);
            Assert.Equal(0, jitter.Ticks % TimeSpan.TicksPerMillisecond);
            tenths[(int)jitter.TotalSeconds]++;
        }

        Assert.All(tenths, count => Assert.InRange(count, 850, 1150));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(0.0001)]
    public void Without_a_whole_millisecond_there_is_none(double seconds) =>
        Assert.Equal(TimeSpan.Zero, Jitter.For(Guid.Empty, TimeSpan.FromSeconds(seconds)));
}
