using System.Text.RegularExpressions;

namespace Refresher.Docs.Tests;

/// <summary>Links lead to headings that are there; that the files are there is seen by the architecture's tests.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_anchor_is_a_heading()
    {
        Offenders.None(
            from document in Document.All.Values
            from line in document.Prose
            from Match link in Link().Matches(line.Text)
            let target = document.Target(link.Groups[1].Value)
            where target?.Anchors.Contains(link.Groups[2].Value) == false
            select $"{document.Path}:{line.Line} links to #{link.Groups[2].Value}, which {target?.Path} does not have.");
    }

    [Fact]
    public void The_guide_leads_from_each_page_to_the_next()
    {
        var pages = GuidePages.InOrder;

        Assert.True(pages.Count > 10);
        Offenders.None(pages.Zip(pages.Skip(1)).Where(pair => !pair.First.Prose.Any(line => Links(pair.First, line.Text).Contains(pair.Second)))
            .Select(pair => $"{pair.First.Path} does not lead to {pair.Second.Path}."));
        Offenders.None(pages.Where(page => !page.Prose.Any(line => line.Text == "## Break it")).Select(page => $"{page.Path} breaks nothing."));
    }

    internal static IEnumerable<Document?> Links(Document from, string text) => Link().Matches(text).Concat(PlainLink().Matches(text)).Select(match => from.Target(match.Groups[1].Value));

    [GeneratedRegex(@"\]\(([^)#\s:]*)#([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"\]\(([^)#\s:]+)\)")]
    private static partial Regex PlainLink();
}

/// <summary>The pages of the guide.</summary>
internal static class GuidePages
{
    private const string Index = "docs/guide/README.md";

    /// <summary>As the table of the index has them.</summary>
    public static IReadOnlyList<Document> InOrder { get; } =
        [.. Document.All[Index].Prose.Where(line => line.Text.StartsWith("| ", StringComparison.Ordinal) && char.IsDigit(line.Text[2])).Select(line => LinkTests.Links(Document.All[Index], line.Text).OfType<Document>().First())];
}
