using System.Xml.Linq;
using Refresher.Tasks.SiteMonitor.History;
using Refresher.Tasks.SiteMonitor.Public;

namespace Refresher.Tasks.Tests.SiteMonitor.Public;

public sealed class BadgeTests
{
    [Theory]
    [InlineData("<script>alert(1)</script>")]
    [InlineData("\"onload=\"x")]
    [InlineData("a & b ' ]]> <!-- ")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("日本語 😀")]
    public void Whatever_a_name_is_the_badge_is_well_formed_and_holds_it_as_text_only(string name)
    {
        var svg = Draw(Facts.Site(name), BadgeKind.Status);

        var root = XDocument.Parse(svg).Root!;
        Assert.Equal(["svg", "title", "rect", "path", "g", "text", "text"], root.DescendantsAndSelf().Select(element => element.Name.LocalName));
        Assert.DoesNotContain(root.DescendantsAndSelf().SelectMany(element => element.Attributes()), attribute => attribute.Name.LocalName.StartsWith("on", StringComparison.Ordinal));
        Assert.Equal(name.Replace("\u202E", "", StringComparison.Ordinal), root.Descendants().First(element => element.Name.LocalName == "text").Value);
    }

    [Fact]
    public void It_says_when_it_was_made_and_when_the_site_was_last_checked()
    {
        var svg = Draw(Facts.Site(), BadgeKind.Status);

        Assert.Contains("aria-label=\"Shop: up\"", svg, StringComparison.Ordinal);
        Assert.Contains("last checked 2026-11-21 12:29:50 UTC; made 2026-11-21 12:30:00 UTC", svg, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(BadgeKind.Status)]
    [InlineData(BadgeKind.Uptime)]
    [InlineData(BadgeKind.Response)]
    public void No_badge_claims_anything_of_a_site_that_nobody_looks_at(BadgeKind kind)
    {
        var svg = Draw(Facts.Site(history: Facts.Uptime(100, 0)), kind, Facts.Now.AddMinutes(2));

        Assert.Contains("unknown since 12:29 UTC", svg, StringComparison.Ordinal);
        Assert.Contains("#6a6f76", svg, StringComparison.Ordinal);
    }

    [Fact]
    public void After_a_night_it_is_unknown_since_a_day()
    {
        Assert.Contains("unknown since 2026-11-21", Draw(Facts.Site(), BadgeKind.Status, Facts.Now.AddDays(1)), StringComparison.Ordinal);
    }

    [Fact]
    public void Uptime_and_response_are_told_with_their_time()
    {
        var site = Facts.Site(history: Facts.Uptime(9998, 2));

        Assert.Contains("aria-label=\"Shop uptime 30 d: 99.98 %\"", Draw(site, BadgeKind.Uptime), StringComparison.Ordinal);
        Assert.Contains("aria-label=\"Shop response 24 h: 100 ms\"", Draw(site, BadgeKind.Response), StringComparison.Ordinal);
    }

    private static string Draw(SiteFacts site, BadgeKind kind, DateTimeOffset? at = null)
    {
        var now = at ?? Facts.Now;
        return Badge.Of(StatusViewMaker.SiteAt(site, [], now), kind, UptimeWindow.Month, now);
    }
}
