using Refresher.Tasks.SiteMonitor.Checking;

namespace Refresher.Tasks.Tests.SiteMonitor;

public sealed class SiteGridTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 34, 56, 789, TimeSpan.Zero);

    [Fact]
    public void Instants_are_one_interval_apart_and_do_not_drift()
    {
        var (site, interval) = (Guid.CreateVersion7(), TimeSpan.FromSeconds(30));
        var first = SiteGrid.Next(site, interval, Now);
        Assert.InRange(first, Now.AddTicks(1), Now + interval);

        var at = first;
        for (var i = 1; i <= 1000; i++)
        {
            // However late within its interval the one before was.
            at = SiteGrid.Next(site, interval, at + (interval * (i % 10) / 10));
            Assert.Equal(first + (i * interval), at);
        }
    }

    [Fact]
    public void What_was_missed_is_left_out()
    {
        var (site, interval) = (Guid.CreateVersion7(), TimeSpan.FromSeconds(5));
        var first = SiteGrid.Next(site, interval, Now);

        var after = SiteGrid.Next(site, interval, first.AddDays(100).AddSeconds(1));

        Assert.Equal(first.AddDays(100) + interval, after);
    }

    [Fact]
    public void Sites_are_spread_over_the_interval()
    {
        var interval = TimeSpan.FromSeconds(30);
        var tenths = new int[10];
        for (var i = 0; i < 10_000; i++)
        {
            tenths[(int)((SiteGrid.Next(Guid.CreateVersion7(), interval, Now) - Now).TotalSeconds / 3.0001)]++;
        }

        Assert.All(tenths, count => Assert.InRange(count, 850, 1150));
    }
}
