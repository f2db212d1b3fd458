using System.Text.RegularExpressions;

namespace Refresher.Templates.Tests;

/// <summary>A solution that was made from the template.</summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Name">What its types and projects are named for.</param>
public sealed partial record Copy(string Folder, string Name)
{
    /// <summary>Files that may name what the copy was made from.</summary>
    private static readonly string[] Credits = ["LICENSE", "CREDITS.md", "docs/upgrade.md", "docs/decisions/0112-the-tree-is-the-template.md"];

    /// <summary>Its script.</summary>
    public string Script => Path.Combine(Folder, Name.ToLowerInvariant());

    /// <summary>Every file, as a path from the root with slashes; without what a build or a start made.</summary>
    public IReadOnlyList<string> Files =>
    [
        .. Directory.EnumerateFiles(Folder, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Folder, file).Replace('\\', '/'))
            .Where(file => !Made().IsMatch(file)).Order(StringComparer.Ordinal),
    ];

    public string Text(string file) => File.ReadAllText(Path.Combine(Folder, file));

    public bool Has(string path) => Path.Exists(Path.Combine(Folder, path));

    /// <summary>Nothing is named for what it was made from but credits.</summary>
    public void HasNoOldName() =>
        Assert.DoesNotContain(Files, file => !Credits.Contains(file) && (OldName().IsMatch(file) || (!file.EndsWith(".png", StringComparison.Ordinal) && OldName().IsMatch(Text(file)))));

    /// <summary>Whatever names a project, in the solution or in another project, names one that is there; and whatever is there is named.</summary>
    public void HasEveryProjectItNames()
    {
        var solution = Text(Name + ".sln").Replace('\\', '/');
        var named = Project().Matches(solution).Select(match => match.Groups[1].Value).ToArray();
        var there = Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal)).ToArray();

        Assert.DoesNotContain(named, project => !Has(project));
        Assert.Empty(there.Where(project => !project.StartsWith("standins/", StringComparison.Ordinal)).Except(named));
        foreach (var project in there)
        {
            var references = Reference().Matches(Text(project)).Select(match => Path.Combine(Path.GetDirectoryName(project)!, match.Groups[1].Value.Replace('\\', '/')));
            Assert.Empty(references.Where(reference => !Has(reference)).Select(reference => $"{project}: {reference}"));
        }
    }

    /// <summary>No document links to what is not there, or names it.</summary>
    public void HasEveryPageItLinksTo()
    {
        foreach (var document in Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal)))
        {
            var links = Link().Matches(Text(document)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));
            Assert.Empty(links.Where(link => !Path.Exists(Path.Combine(Folder, Path.GetDirectoryName(document)!, link))).Select(link => $"{document}: {link}"));
            var named = NamedPath().Matches(Text(document)).Select(match => match.Groups[1].Value).Where(path => path.StartsWith(Name + ".", StringComparison.Ordinal) || path.StartsWith("tests/" + Name, StringComparison.Ordinal) || !path.Contains('.'));
            Assert.Empty(named.Where(path => !Has(path)).Select(path => $"{document}: {path}"));
        }
    }

    [GeneratedRegex(@"^(artifacts|\.(?!ci/|config/|devcontainer/|github/)[^/]+)/|/node_modules/|/wwwroot/lib/|/(bin|obj)/")]
    private static partial Regex Made();

    [GeneratedRegex("refresher", RegexOptions.IgnoreCase)]
    private static partial Regex OldName();

    [GeneratedRegex(@"^Project\([^\n]*""([^""\n]+\.csproj)""", RegexOptions.Multiline)]
    private static partial Regex Project();

    [GeneratedRegex(@"<ProjectReference Include=""([^""$@]+)""")]
    private static partial Regex Reference();

    [GeneratedRegex(@"`((?:\w+\.\w+|tests|docs|infra|standins)/[\w./-]+)`")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();
}
