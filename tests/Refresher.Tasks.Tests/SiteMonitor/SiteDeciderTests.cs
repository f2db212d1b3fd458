using Refresher.Tasks.SiteMonitor.Checking;
using Refresher.Tasks.SiteMonitor.Probing;
using Refresher.Tasks.SiteMonitor.Sites;

namespace Refresher.Tasks.Tests.SiteMonitor;

public sealed class SiteDeciderTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly SitePolicy Policy = new(2, 2, TimeSpan.FromSeconds(10), 14);

    /// <summary>One letter a check, a minute apart: u(p), d(own), s(low), ?(unknown); upper case: within a maintenance window. Then what came of each, by its number.</summary>
    [Theory]
    [InlineData("u", "Up", "")]
    [InlineData("d", "Pending", "")]
    [InlineData("dd", "Down", "1 Down since 0")]
    [InlineData("uddd", "Down", "2 Down since 1")]
    [InlineData("udu", "Up", "")]
    [InlineData("ududud", "Up", "")]
    [InlineData("udduu", "Up", "2 Down since 1, 4 Up since 1 at 3")]
    [InlineData("uddudu", "Down", "2 Down since 1")]
    [InlineData("uddss", "Degraded", "2 Down since 1, 4 Up since 1 at 3, 4 Slow since 3")]
    [InlineData("uddsu", "Up", "2 Down since 1, 4 Up since 1 at 3")]
    [InlineData("us", "Up", "")]
    [InlineData("uss", "Degraded", "2 Slow since 1")]
    [InlineData("ususs", "Degraded", "4 Slow since 3")]
    [InlineData("ussuu", "Up", "2 Slow since 1, 4 Fast since 1 at 3")]
    [InlineData("ussus", "Degraded", "2 Slow since 1")]
    [InlineData("ussdduu", "Up", "2 Slow since 1, 4 Down since 3, 6 Up since 3 at 5, 6 Fast since 1 at 5")]
    [InlineData("u?d?d", "Down", "4 Down since 2")]
    [InlineData("u????", "Up", "")]
    [InlineData("udd?u?u", "Up", "2 Down since 1, 6 Up since 1 at 4")]
    [InlineData("uDDD", "Down", "")]
    [InlineData("uDDDuu", "Up", "")]
    [InlineData("uDDdd", "Down", "3 Down since 3")]
    [InlineData("uddDUU", "Up", "2 Down since 1, 5 Up since 1 at 4")]
    [InlineData("uSSS", "Degraded", "")]
    [InlineData("uSSs", "Degraded", "3 Slow since 1")]
    public void Checks_in_a_row_make_a_verdict_and_changes(string checks, string verdict, string turns)
    {
        var (state, seen) = Play(checks);

        Assert.Equal(verdict, state.Verdict.ToString());
        Assert.Equal(turns, string.Join(", ", seen));
    }

    [Theory]
    [InlineData("u", false)]
    [InlineData("ud", true)]
    [InlineData("udd", false)]
    [InlineData("uddu", true)]
    [InlineData("udduu", false)]
    [InlineData("us", true)]
    [InlineData("uss", false)]
    [InlineData("ussu", true)]
    [InlineData("u?", false)]
    [InlineData("uD", false)]
    public void It_is_looked_again_soon_while_a_change_is_not_confirmed(string checks, bool soon)
    {
        var state = Play(checks[..^1]).State;

        var decision = SiteDecider.Decide(state, Policy, ResultOf(checks[^1]), Guid.NewGuid(), Start.AddHours(1), char.IsUpper(checks[^1]));

        Assert.Equal(soon ? Policy.Recheck : null, decision.LookAgainAfter);
    }

    [Fact]
    public void A_check_that_could_not_look_leaves_the_verdict_and_says_since_when_nothing_is_seen()
    {
        var (state, _) = Play("udd??");

        Assert.Equal((Verdict.Down, Start.AddMinutes(3)), (state.Verdict, state.BlindSince));
        Assert.Equal(SiteStatus.Unknown, SiteStanding.Of(Fresh(state), Start.AddMinutes(5)).Status);
        Assert.Null(Play("udd??u").State.BlindSince);
    }

    [Fact]
    public void Another_reason_is_told_once()
    {
        var state = Play("udd").State;
        var other = ResultOf('d') with { Fault = CheckFault.Reset };

        var first = SiteDecider.Decide(state, Policy, other, Guid.NewGuid(), Start.AddHours(1), false);
        var second = SiteDecider.Decide(first.State, Policy, other, Guid.NewGuid(), Start.AddHours(1), false);

        Assert.Equal(TurnKind.OtherReason, Assert.Single(first.Turns).Kind);
        Assert.Empty(second.Turns);
    }

    [Fact]
    public void A_state_that_was_decided_upon_is_not_changed()
    {
        var state = Play("ud").State;

        SiteDecider.Decide(state, Policy, ResultOf('d'), Guid.NewGuid(), Start.AddHours(1), false);

        Assert.Equal((Verdict.Up, 1), (state.Verdict, state.RowCount));
    }

    /// <summary>Days until the certificate of each check expires, a day from check to check; what came of each, by its number.</summary>
    [Theory]
    [InlineData(new[] { 30, 20, 16 }, "")]
    [InlineData(new[] { 16, 15, 14, 13 }, "2 CertificateExpiring")]
    [InlineData(new[] { 14, 13, 90 }, "0 CertificateExpiring, 2 CertificateRenewed")]
    [InlineData(new[] { 14, 5, 12 }, "0 CertificateExpiring")]
    [InlineData(new[] { 10, 91, 8, 89, 6 }, "0 CertificateExpiring, 1 CertificateRenewed")]
    public void Each_certificate_is_told_of_once(int[] days, string turns)
    {
        var state = Play("u").State;
        var seen = new List<string>();
        for (var i = 0; i < days.Length; i++)
        {
            var at = Start.AddDays(i);
            var decision = SiteDecider.Decide(state, Policy, ResultOf('u') with { CertificateExpiresAt = at.AddDays(days[i]) }, Guid.NewGuid(), at, false);
            state = decision.State;
            seen.AddRange(decision.Turns.Select(turn => $"{i} {turn.Kind}"));
        }

        Assert.Equal(turns, string.Join(", ", seen));
    }

    [Fact]
    public void Beginning_and_end_of_an_episode_have_one_id()
    {
        var (state, turns) = (new SiteState { Verdict = Verdict.Up }, new List<SiteTurn>());
        foreach (var (letter, i) in "ussdduu".Select((letter, i) => (letter, i)))
        {
            var decision = SiteDecider.Decide(state, Policy, ResultOf(letter), Guid.CreateVersion7(), Start.AddMinutes(i), false);
            state = decision.State;
            turns.AddRange(decision.Turns);
        }

        Assert.Equal([TurnKind.Slow, TurnKind.Down, TurnKind.Up, TurnKind.Fast], turns.Select(turn => turn.Kind));
        Assert.Equal((turns[0].Episode, turns[1].Episode), (turns[3].Episode, turns[2].Episode));
        Assert.NotEqual(turns[0].Episode, turns[1].Episode);
        Assert.Equal((null, null), (state.IncidentId, state.DegradedId));
    }

    private static SiteState Fresh(SiteState state)
    {
        state.StaleAt = DateTimeOffset.MaxValue;
        return state;
    }

    private static (SiteState State, List<string> Turns) Play(string checks)
    {
        var (state, turns) = (new SiteState { Since = Start }, new List<string>());
        for (var i = 0; i < checks.Length; i++)
        {
            var decision = SiteDecider.Decide(state, Policy, ResultOf(checks[i]), Guid.CreateVersion7(), Start.AddMinutes(i), char.IsUpper(checks[i]));
            state = decision.State;
            turns.AddRange(decision.Turns.Select(turn => $"{i} {turn.Kind} since {Minutes(turn.Since)}" + (turn.At == turn.Since ? "" : $" at {Minutes(turn.At)}")));
        }

        return (state, turns);
    }

    private static double Minutes(DateTimeOffset at) => (at - Start).TotalMinutes;

    private static CheckResult ResultOf(char letter) => char.ToLowerInvariant(letter) switch
    {
        'u' => new() { Status = CheckStatus.Up, TotalMs = 20 },
        's' => new() { Status = CheckStatus.Degraded, Fault = CheckFault.Slow, Error = "slow", TotalMs = 2000 },
        'd' => new() { Status = CheckStatus.Down, Fault = CheckFault.Refused, Error = "refused", TotalMs = 1 },
        _ => new() { Status = CheckStatus.Unknown, Fault = CheckFault.Offline, Error = "offline", TotalMs = 1 },
    };
}
