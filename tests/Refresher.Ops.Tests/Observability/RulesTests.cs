using System.Text.RegularExpressions;

namespace Refresher.Ops.Tests.Observability;

/// <summary>The rules of Prometheus do what they say.</summary>
public sealed partial class RulesTests
{
    [ProgramFact("promtool")]
    public async Task Configuration_and_rules_are_right()
    {
        var (code, text) = await Infra.PromtoolAsync(null, "check", "config", Path.Combine(Infra.Prometheus, "prometheus.yml"));

        Assert.True(code == 0, text);
        Assert.Contains("2 rule files found", text, StringComparison.Ordinal);
    }

    [ProgramFact("promtool")]
    public async Task Alerts_fire_when_they_should_and_not_before()
    {
        var (code, text) = await Infra.PromtoolAsync(null, ["test", "rules", .. Tests]);

        Assert.True(code == 0, text);
        Assert.DoesNotContain("FAILED", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_alert_has_a_test_that_sees_it_fire_and_says_how_grave_it_is()
    {
        var alerts = File.ReadAllText(Path.Combine(Infra.Prometheus, "rules", "alerts.yml"));
        var names = Alert().Matches(alerts).Select(match => match.Groups[1].Value).ToList();
        var fired = Tests.SelectMany(file => Fired().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();

        Assert.Equal(names.Order(StringComparer.Ordinal), names.Intersect(fired).Order(StringComparer.Ordinal));
        Assert.Equal(names.Count, alerts.Split("labels: { severity: ").Skip(1).Count(rest => rest.StartsWith("page }", StringComparison.Ordinal) || rest.StartsWith("ticket }", StringComparison.Ordinal)));
    }

    private static string[] Tests => Directory.GetFiles(Path.Combine(Infra.Prometheus, "tests"), "*.yml");

    [GeneratedRegex("- alert: (\\w+)")]
    private static partial Regex Alert();

    [GeneratedRegex("alertname: (\\w+)\\s+exp_alerts:\\s+- exp_labels")]
    private static partial Regex Fired();
}
