using System.Text.Json;
using Refresher.Tasks.SiteMonitor.Probing.Conditions;

namespace Refresher.Tasks.Tests.SiteMonitor.Probing;

/// <summary>The language of conditions on JSON, as the guide says it.</summary>
public sealed class JsonConditionTests
{
    private const string Body = """
        {"status":"ok","count":3,"ratio":0.30,"on":true,"none":null,"a b":{"x-y":1},"checks":[{"up":true},{"up":false,"tags":["db","eu"]}],"at":"2026-11-21","big":9007199254740993}
        """;

    [Theory]
    [InlineData("$.status == \"ok\"")]
    [InlineData("  $.status=='ok'", false)]
    [InlineData("$.status != \"down\"")]
    [InlineData("$.status contains \"o\"")]
    [InlineData("$.count == 3.0")]
    [InlineData("$.count > 2")]
    [InlineData("$.count >= 3")]
    [InlineData("$.count < 3.5")]
    [InlineData("$.count <= 3")]
    [InlineData("$.ratio == 0.3")]
    [InlineData("$.big != 9007199254740992")]
    [InlineData("$.on == true")]
    [InlineData("$.none == null")]
    [InlineData("$.none exists")]
    [InlineData("$ exists")]
    [InlineData("$[\"a b\"].x-y == 1")]
    [InlineData("$['a b'][\"x-y\"] == 1")]
    [InlineData("$.checks[0].up == true")]
    [InlineData("$.checks[-1].tags contains \"eu\"")]
    [InlineData("$.at >= \"2026-01-01\"")]
    public void These_hold(string condition, bool parses = true)
    {
        Assert.Equal(parses, JsonCondition.TryParse(condition, out var parsed, out _));
        Assert.Null(parsed?.Complaint(JsonDocument.Parse(Body).RootElement));
    }

    [Theory]
    [InlineData("$.status == \"OK\"", "$.status is \"ok\", expected: == \"OK\"")]
    [InlineData("$.count == \"3\"", "$.count is 3, expected: == \"3\"")]
    [InlineData("$.count > \"2\"", "$.count is 3, expected: > \"2\"")]
    [InlineData("$.status > 1", "$.status is \"ok\", expected: > 1")]
    [InlineData("$.checks[2].up == true", "$.checks[2].up is not there, expected: == true")]
    [InlineData("$.checks[-3] exists", "$.checks[-3] is not there, expected: exists")]
    [InlineData("$.status.x != 1", "$.status.x is not there, expected: != 1")]
    [InlineData("$.checks == null", "$.checks is an array of 2, expected: == null")]
    [InlineData("$[\"a b\"] contains \"x-y\"", "$[\"a b\"] is an object, expected: contains \"x-y\"")]
    [InlineData("$.on == false", "$.on is true, expected: == false")]
    public void These_do_not_hold_and_say_why(string condition, string complaint)
    {
        Assert.True(JsonCondition.TryParse(condition, out var parsed, out var fault), fault);
        Assert.Equal(complaint, parsed.Complaint(JsonDocument.Parse(Body).RootElement));
    }

    [Theory]
    [InlineData("")]
    [InlineData("status == \"ok\"")]
    [InlineData("$.")]
    [InlineData("$.a[")]
    [InlineData("$.a[x] exists")]
    [InlineData("$.a[\"b] exists")]
    [InlineData("$.a")]
    [InlineData("$.a == ok")]
    [InlineData("$.a == {}")]
    [InlineData("$.a < true")]
    [InlineData("$.a == 1 2")]
    [InlineData("$.a exists == 1")]
    [InlineData("$..a == 1")]
    public void These_are_no_conditions(string condition)
    {
        Assert.False(JsonCondition.TryParse(condition, out _, out var fault));
        Assert.EndsWith(".", fault, StringComparison.Ordinal);
    }
}
