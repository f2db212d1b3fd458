using System.Text.RegularExpressions;
using Refresher.Tasks;

namespace Refresher.Architecture.Tests;

/// <summary>What the documents name is there.</summary>
public sealed partial class DocumentTests
{
    /// <summary>Those of templates lead somewhere in what is made of them, where their own tests look.</summary>
    private static readonly string[] Documents = [.. Repository.Files.Where(file => file.EndsWith(".md", StringComparison.Ordinal) && !file.StartsWith("templates/", StringComparison.Ordinal))];

    [Fact]
    public void Every_link_leads_somewhere()
    {
        foreach (var document in Documents)
        {
            var links = Link().Matches(Repository.Text(document)).Select(match => match.Groups[1].Value).Where(link => !link.Contains("://", StringComparison.Ordinal));

            Assert.All(links, link => Assert.True(
                Path.Exists(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link)), $"{document} links to {link}, which is not there."));
        }
    }

    [Fact]
    public void Every_path_that_is_named_is_there()
    {
        foreach (var document in Documents)
        {
            var paths = NamedPath().Matches(Repository.Text(document)).Select(match => match.Groups[1].Value.TrimEnd('/'));

            Assert.All(paths, path => Assert.True(Repository.Has(path), $"{document} names {path}, which is not there."));
        }
    }

    [Fact]
    public void Every_document_can_be_found_from_the_readme()
    {
        var found = new HashSet<string> { "README.md" };
        var next = new Queue<string>(found);
        while (next.TryDequeue(out var document))
        {
            foreach (var link in Link().Matches(Repository.Text(document)).Select(match => match.Groups[1].Value).Where(link => link.EndsWith(".md", StringComparison.Ordinal) && !link.Contains("://", StringComparison.Ordinal)))
            {
                var target = Path.GetRelativePath(Repository.Root, Path.GetFullPath(Path.Combine(Repository.Root, Path.GetDirectoryName(document)!, link))).Replace('\\', '/');
                if (found.Add(target))
                {
                    next.Enqueue(target);
                }
            }
        }

        Offenders.None(Documents.Where(document => document.StartsWith("docs/", StringComparison.Ordinal)).Except(found));
    }

    [Fact]
    public void The_index_of_tasks_has_every_kind_of_the_catalog()
    {
        var index = Repository.Text("Refresher.Tasks/README.md");

        Assert.Equal(
            TaskCatalog.Kinds.Select(kind => kind.Name).Order(StringComparer.Ordinal),
            IndexedKind().Matches(index).Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void The_readme_has_a_line_for_every_top_level_folder()
    {
        var readme = Repository.Text("README.md");
        var folders = Repository.Files.Where(file => file.Contains('/', StringComparison.Ordinal) && file[0] != '.').Select(file => file[..file.IndexOf('/', StringComparison.Ordinal)]).Distinct();

        Offenders.None(folders.Where(folder => !readme.Contains($"[{folder}](", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_decision_has_a_number_of_its_own_and_is_in_the_index()
    {
        var decisions = Repository.Files.Where(file => file.StartsWith("docs/decisions/", StringComparison.Ordinal)).Select(Path.GetFileName).OfType<string>().Where(name => name != "README.md").ToArray();
        var index = Repository.Text("docs/decisions/README.md");

        Assert.All(decisions, name => Assert.Matches(DecisionName(), name));
        Assert.Equal(decisions.Length, decisions.Select(name => name[..4]).Distinct().Count());
        Offenders.None(decisions.Where(name => !index.Contains($"[{name[..4]}]({name})", StringComparison.Ordinal)));
    }

    [GeneratedRegex(@"\]\(([^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| `([a-z0-9-]+)` \|", RegexOptions.Multiline)]
    private static partial Regex IndexedKind();

    [GeneratedRegex(@"`((?:Refresher\.\w+|tests|docs|infra|standins|\.ci|\.github)/[\w./-]+)`")]
    private static partial Regex NamedPath();

    [GeneratedRegex(@"^\d{4}-[a-z0-9-]+\.md$")]
    private static partial Regex DecisionName();
}
