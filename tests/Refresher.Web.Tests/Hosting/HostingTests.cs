using System.Text.RegularExpressions;
using Refresher.Tasks;
using Refresher.Ui;

namespace Refresher.Web.Tests.Hosting;

public sealed partial class HostingTests
{
    [Theory]
    [InlineData(0, "<1 ms")]
    [InlineData(0.34, "340 ms")]
    [InlineData(12.34, "12.3 s")]
    [InlineData(125, "2 min 5 s")]
    [InlineData(3600, "1 h")]
    [InlineData(90_000, "1 d 1 h")]
    [InlineData(-5, "−5 s")]
    public void Durations_are_said_in_two_units_at_most(double seconds, string words)
    {
        Assert.Equal(words, Instants.Words(TimeSpan.FromSeconds(seconds)));
    }

    [Theory]
    [InlineData(0, "now")]
    [InlineData(-59, "59 s ago")]
    [InlineData(60, "in 1 min")]
    [InlineData(-7200, "2 h ago")]
    [InlineData(3 * 86400, "in 3 days")]
    public void Instants_are_said_from_now(int seconds, string words)
    {
        var now = new DateTimeOffset(2026, 11, 21, 1, 2, 3, TimeSpan.Zero);

        Assert.Equal(words, Instants.Relative(now.AddSeconds(seconds), now));
    }

    [Fact]
    public void Json_is_taken_apart_without_losing_a_letter()
    {
        const string Json = """{"a":[1,{"b":"<script>"}],"ü":null,"e":[],"o":{}}""";

        var text = string.Concat(JsonParts.Of(Json).Select(part => part.Text));

        Assert.Equal(Json, Regex.Replace(text, @"\s", ""));
        Assert.Contains("\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_json_is_shown_as_it_is()
    {
        Assert.Equal("no json", Assert.Single(JsonParts.Of("no json")).Text);
    }

    [Fact]
    public void Every_icon_that_is_used_is_in_the_sprite()
    {
        var web = Path.Combine(Root(), "Refresher.Web");
        var inSprite = File.ReadAllLines(Path.Combine(web, "icons.txt")).ToHashSet();
        var used = Directory.EnumerateFiles(Path.Combine(web, "Components"), "*.razor", SearchOption.AllDirectories)
            .SelectMany(file => IconNames().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .Concat(TaskCatalog.Kinds.SelectMany(kind => kind.Pages).Select(page => page.Icon));

        Assert.Empty(used.Distinct().Except(inSprite));
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Refresher.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Not within the repository.");
        }

        return folder.FullName;
    }

    [GeneratedRegex("(?:<Icon Name=|Icon=)\"([a-z][a-z0-9-]*)\"")]
    private static partial Regex IconNames();
}
