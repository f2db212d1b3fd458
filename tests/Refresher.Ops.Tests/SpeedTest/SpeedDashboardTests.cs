using Refresher.Ops.Tests.Observability;

namespace Refresher.Ops.Tests.SpeedTest;

public sealed class SpeedDashboardTests
{
    [Fact]
    public void The_speed_dashboard_reads_views_only_and_has_a_map()
    {
        var speed = Dashboard.All.Single(dashboard => dashboard.Uid == "refresher-speed");

        Assert.Contains(speed.Panels, panel => panel.Type == "geomap");
        Assert.All(speed.Panels, panel => Assert.Equal(Dashboard.PostgreSql, panel.Source));
        Assert.All(speed.Panels.SelectMany(panel => panel.Targets), target => Assert.Matches("FROM reporting\\.speed_(tests|servers) WHERE", target.Text));
    }
}
