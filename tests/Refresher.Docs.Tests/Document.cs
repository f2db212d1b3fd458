using System.Text.RegularExpressions;

namespace Refresher.Docs.Tests;

/// <summary>A block of code in a document.</summary>
/// <param name="Line">Of its first line of text, from 1.</param>
/// <param name="Language">The first word behind the fence; empty where there is none.</param>
/// <param name="Words">The others: <c>by-hand</c> for what the guide's test does not do.</param>
internal sealed record Block(Document Document, int Line, string Language, IReadOnlyList<string> Words, string Text)
{
    public bool IsByHand => Words.Contains("by-hand");

    /// <summary>For messages: <c>docs/tour.md:12</c>.</summary>
    public override string ToString() => $"{Document.Path}:{Line}";
}

/// <summary>One of the repository's Markdown files: its blocks, its headings, and what is neither.</summary>
internal sealed partial class Document
{
    /// <summary>All of them, by their paths.</summary>
    public static readonly IReadOnlyDictionary<string, Document> All =
        Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)).ToDictionary(file => file, file => new Document(file), StringComparer.Ordinal);

    private Document(string path)
    {
        Path = path;
        var (blocks, prose) = (new List<Block>(), new List<(int, string)>());
        var lines = Repository.Lines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence)
            {
                prose.Add((i + 1, lines[i]));
                continue;
            }

            var (indent, first) = (fence.Groups[1].Length, i + 1);
            while (++i < lines.Length && lines[i].Trim() != "```")
            {
                // The block goes on.
            }

            var words = fence.Groups[2].Value.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var text = string.Join('\n', lines[first..Math.Min(i, lines.Length)].Select(line => line.Length > indent ? line[indent..] : line.TrimStart()));
            blocks.Add(new Block(this, first + 1, words.FirstOrDefault() ?? "", [.. words.Skip(1)], text));
        }

        (Blocks, Prose) = (blocks, prose);
    }

    public string Path { get; }

    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>Lines outside of blocks, with their numbers.</summary>
    public IReadOnlyList<(int Line, string Text)> Prose { get; }

    /// <summary>What a link may name behind <c>#</c>, as GitHub makes it from headings.</summary>
    public IReadOnlySet<string> Anchors
    {
        get
        {
            var anchors = new HashSet<string>(StringComparer.Ordinal);
            foreach (var heading in Prose.Select(line => Heading().Match(line.Text)).Where(match => match.Success))
            {
                var name = NotInAnchors().Replace(LinkText().Replace(heading.Groups[1].Value, "$1").ToLowerInvariant(), "").Replace(' ', '-');
                for (var (next, again) = (name, 0); !anchors.Add(next); next = $"{name}-{++again}")
                {
                    // The same heading again gets a number.
                }
            }

            return anchors;
        }
    }

    /// <summary>The document a link of this one leads to; null when it leads elsewhere.</summary>
    public Document? Target(string link)
    {
        var path = link.Length == 0 ? Path : System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository.Root, System.IO.Path.GetDirectoryName(Path)!, link))).Replace('\\', '/');
        return All.GetValueOrDefault(path);
    }

    public static IEnumerable<Block> BlocksIn(string language) => All.Values.SelectMany(document => document.Blocks).Where(block => block.Language == language);

    [GeneratedRegex("^( *)```(.*)$")]
    private static partial Regex Fence();

    [GeneratedRegex(@"^#{1,6} +(.+?)\s*$")]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[([^\]]*)\]\([^)]*\)")]
    private static partial Regex LinkText();

    [GeneratedRegex(@"[^\p{L}\p{N} _-]")]
    private static partial Regex NotInAnchors();
}
