using Refresher.Tasks.SiteMonitor.Incidents;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Public;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.Tests.SiteMonitor.Public;

public sealed class StatusViewTests
{
    [Theory]
    [InlineData(Verdict.Up, VisitorStatus.Up)]
    [InlineData(Verdict.Degraded, VisitorStatus.Degraded)]
    [InlineData(Verdict.Down, VisitorStatus.Down)]
    [InlineData(Verdict.Pending, VisitorStatus.Unknown)]
    public void A_site_stands_for_visitors_as_its_verdict_says(Verdict verdict, VisitorStatus status)
    {
        Assert.Equal(status, StatusViewMaker.Make(Facts.Of(Facts.Site(verdict: verdict)), Facts.Now).Sites.Single().Status);
    }

    [Fact]
    public void The_same_facts_are_up_now_and_unknown_once_three_intervals_have_gone_by()
    {
        var facts = Facts.Of(Facts.Site());

        Assert.Equal(VisitorStatus.Up, StatusViewMaker.Make(facts, Facts.Now.AddSeconds(79)).Sites.Single().Status);
        var later = StatusViewMaker.Make(facts, Facts.Now.AddSeconds(80));

        Assert.Equal(VisitorStatus.Unknown, later.Sites.Single().Status);
        Assert.Equal(Facts.Now.AddSeconds(-10), later.Sites.Single().Since);
        Assert.Equal("It is not known how the services are", later.Headline);
    }

    [Fact]
    public void In_announced_work_a_site_is_in_maintenance_whatever_is_found_unless_nobody_looks()
    {
        var facts = Facts.Of(Facts.Site(verdict: Verdict.Down)) with { Windows = [Facts.Window(Facts.Now.AddHours(-1), Facts.Now.AddHours(1))] };

        Assert.Equal(VisitorStatus.Maintenance, StatusViewMaker.Make(facts, Facts.Now).Sites.Single().Status);
        Assert.True(StatusViewMaker.Make(facts, Facts.Now).Maintenance.Single().IsOpen);
        Assert.Equal(VisitorStatus.Unknown, StatusViewMaker.Make(facts, Facts.Now.AddMinutes(10)).Sites.Single().Status);
        Assert.Empty(StatusViewMaker.Make(facts, Facts.Now.AddHours(2)).Maintenance);
    }

    [Fact]
    public void Work_that_is_to_come_is_announced_and_work_on_what_is_not_public_is_not()
    {
        var soon = Facts.Window(Facts.Now.AddDays(2), Facts.Now.AddDays(3));
        var elsewhere = Facts.Window(Facts.Now.AddDays(2), Facts.Now.AddDays(3));
        elsewhere.Groups = ["other"];
        var far = Facts.Window(Facts.Now.AddDays(60), Facts.Now.AddDays(61));

        var notice = Assert.Single(StatusViewMaker.Make(Facts.Of(Facts.Site()) with { Windows = [soon, elsewhere, far] }, Facts.Now).Maintenance);

        Assert.False(notice.IsOpen);
        Assert.Equal(Facts.Now.AddDays(2), notice.From);
    }

    [Fact]
    public void Days_tell_down_slow_maintenance_and_what_is_not_known_apart()
    {
        var midnight = new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);
        var history = SiteHistory.None with
        {
            Days =
            [
                Facts.Figures(midnight.AddDays(-5), up: 100, unknown: 200),
                Facts.Figures(midnight.AddDays(-4), maintenance: 100),
                Facts.Figures(midnight.AddDays(-3), up: 90, degraded: 10),
                Facts.Figures(midnight.AddDays(-2), up: 99, down: 1),
                Facts.Figures(midnight.AddDays(-1), up: 50, down: 50),
                Facts.Figures(midnight, up: 100),
            ],
        };

        var days = StatusViewMaker.Make(Facts.Of(Facts.Site(history: history)), Facts.Now).Sites.Single().Days;

        Assert.Equal(90, days.Count);
        Assert.Equal(DayMark.Before, days[0].Mark);
        Assert.Equal([DayMark.Unknown, DayMark.Unknown, DayMark.Maintenance, DayMark.Degraded, DayMark.Part, DayMark.Down, DayMark.Up], days.TakeLast(7).Select(day => day.Mark));
        Assert.Equal("19 Nov 2026: down at times; 99 % up", days[^3].Words);
        Assert.Equal("15 Nov 2026: not known", days[^7].Words);
    }

    [Fact]
    public void The_headline_says_the_worst_first()
    {
        Assert.Equal("All services are up", StatusViewMaker.Headline([VisitorStatus.Up, VisitorStatus.Up]).Words);
        Assert.Equal("1 of 3 services are down", StatusViewMaker.Headline([VisitorStatus.Up, VisitorStatus.Down, VisitorStatus.Unknown]).Words);
        Assert.Equal(VisitorStatus.Unknown, StatusViewMaker.Headline([VisitorStatus.Up, VisitorStatus.Degraded, VisitorStatus.Unknown]).Status);
        Assert.Equal(VisitorStatus.Unknown, StatusViewMaker.Headline([]).Status);
    }

    [Fact]
    public void Reasons_are_categories_and_only_public_notes_are_told()
    {
        foreach (var fault in Enum.GetValues<CheckFault>())
        {
            Assert.DoesNotContain(PublicText.Of(fault), "0123456789/:", StringComparison.Ordinal);
        }

        var site = Facts.Site(verdict: Verdict.Down, fault: CheckFault.Refused);
        var incident = new IncidentFacts(site.Item.SiteId, Facts.Now.AddHours(-1), null, CheckFault.Timeout, CheckFault.Refused,
            [new(Facts.Now.AddHours(-1), IncidentUpdateKind.Opened, null), new(Facts.Now, IncidentUpdateKind.Note, "We are at it.")]);

        var view = StatusViewMaker.Make(Facts.Of(site) with { Incidents = [incident] }, Facts.Now);

        Assert.Equal("It cannot be reached", view.Sites.Single().Reason);
        Assert.Equal(["Down: it does not answer in time.", "We are at it."], view.Open.Single().Lines.Select(line => line.Text));
    }

    [Fact]
    public void Response_times_are_told_only_where_they_are_shown()
    {
        var history = Facts.Uptime(10, 0);

        Assert.Equal(100, StatusViewMaker.Make(Facts.Of(Facts.Site(history: history)), Facts.Now).Sites.Single().ResponseMs);
        var hidden = StatusViewMaker.Make(Facts.Of(Facts.Site(history: history, showResponse: false)), Facts.Now).Sites.Single();
        Assert.Null(hidden.ResponseMs);
        Assert.Null(hidden.Hours);
    }

    [Theory]
    [InlineData(1.0, "100 %")]
    [InlineData(0.999999, "99.99 %")]
    [InlineData(0.9998, "99.98 %")]
    [InlineData(0.29, "29 %")]
    [InlineData(0.0, "0 %")]
    [InlineData(null, "–")]
    public void Shares_are_cut_and_never_rounded_up(double? part, string words) => Assert.Equal(words, PublicText.Percent(part));

    [Fact]
    public void A_long_name_is_cut_between_characters()
    {
        Assert.Equal(80, PublicText.Cut(new string('a', 200)).Length);
        Assert.DoesNotContain('\uD83D', PublicText.Cut(new string('a', 79) + "😀"));
    }
}
