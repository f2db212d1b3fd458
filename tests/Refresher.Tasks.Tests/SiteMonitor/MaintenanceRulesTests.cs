using Refresher.Tasks.SiteMonitor.Maintenance;

namespace Refresher.Tasks.Tests.SiteMonitor;

public sealed class MaintenanceRulesTests
{
    [Theory]
    [InlineData("2026-03-01T09:59:59Z", false)]
    [InlineData("2026-03-01T10:00:00Z", true)]
    [InlineData("2026-03-01T11:59:59Z", true)]
    [InlineData("2026-03-01T12:00:00Z", false)]
    public void A_single_window_is_open_from_its_beginning_to_before_its_end(string at, bool open)
    {
        var window = new MaintenanceWindow { Title = "x", Type = MaintenanceType.Once, From = At("2026-03-01T10:00:00Z"), To = At("2026-03-01T12:00:00Z") };

        Assert.Equal(open, MaintenanceRules.OpenAt(window, At(at)) is not null);
    }

    // Clocks in Berlin go forward at 02:00 on 29 March 2026, a Sunday.
    [Theory]
    [InlineData("2026-03-22T00:59:59Z", false)]
    [InlineData("2026-03-22T01:00:00Z", true)]
    [InlineData("2026-03-22T02:29:59Z", true)]
    [InlineData("2026-03-22T02:30:00Z", false)]
    [InlineData("2026-03-29T01:00:00Z", true)]
    [InlineData("2026-04-05T00:00:00Z", true)]
    [InlineData("2026-04-05T01:30:00Z", false)]
    [InlineData("2026-03-23T01:00:00Z", false)]
    public void A_weekly_window_goes_by_the_clocks_of_its_zone(string at, bool open)
    {
        var window = new MaintenanceWindow { Title = "x", Type = MaintenanceType.Weekly, Cron = "0 2 * * sun", TimeZone = "Europe/Berlin", Duration = TimeSpan.FromMinutes(90) };

        Assert.Equal(open, MaintenanceRules.OpenAt(window, At(at)) is not null);
    }

    [Fact]
    public void A_repeated_window_begins_neither_before_nor_after_its_time_and_may_last_beyond_it()
    {
        var window = new MaintenanceWindow
        {
            Title = "x",
            Type = MaintenanceType.Cron,
            Cron = "0 22 * * *",
            Duration = TimeSpan.FromHours(4),
            From = At("2026-03-02T00:00:00Z"),
            To = At("2026-03-04T00:00:00Z"),
        };

        Assert.Null(MaintenanceRules.OpenAt(window, At("2026-03-01T23:00:00Z")));
        Assert.Equal(At("2026-03-03T02:00:00Z"), MaintenanceRules.OpenAt(window, At("2026-03-03T01:00:00Z"))!.Value.To);
        Assert.Equal(At("2026-03-04T02:00:00Z"), MaintenanceRules.OpenAt(window, At("2026-03-04T01:00:00Z"))!.Value.To);
        Assert.Null(MaintenanceRules.OpenAt(window, At("2026-03-04T22:30:00Z")));
        Assert.Equal(At("2026-03-02T22:00:00Z"), MaintenanceRules.NextAfter(window, At("2026-02-01T00:00:00Z"))!.Value.From);
        Assert.Null(MaintenanceRules.NextAfter(window, At("2026-03-03T22:00:00Z")));
    }

    [Fact]
    public void A_window_that_is_switched_off_is_never_open()
    {
        var window = new MaintenanceWindow { Title = "x", Enabled = false, From = At("2020-01-01T00:00:00Z"), To = At("2100-01-01T00:00:00Z") };

        Assert.Null(MaintenanceRules.OpenAt(window, At("2026-01-01T00:00:00Z")));
        Assert.Null(MaintenanceRules.NextAfter(window, At("2010-01-01T00:00:00Z")));
    }

    [Fact]
    public void Sites_are_meant_by_id_tag_or_group_or_all_together()
    {
        var site = Guid.NewGuid();

        Assert.True(MaintenanceRules.Covers(new() { Title = "x", AllSites = true }, site, "", []));
        Assert.True(MaintenanceRules.Covers(new() { Title = "x", SiteIds = [site] }, site, "", []));
        Assert.True(MaintenanceRules.Covers(new() { Title = "x", Tags = ["db"] }, site, "", ["web", "db"]));
        Assert.True(MaintenanceRules.Covers(new() { Title = "x", Groups = ["Shop"] }, site, "Shop", []));
        Assert.False(MaintenanceRules.Covers(new() { Title = "x", Groups = ["Shop"], Tags = ["db"], SiteIds = [Guid.NewGuid()] }, site, "", ["web"]));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
}
