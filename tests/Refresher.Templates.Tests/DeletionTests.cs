using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Refresher.Templates.Tests;

/// <summary>A tree under git, with every folder of tasks, built once.</summary>
public sealed class WholeTree : IAsyncLifetime
{
    private readonly Templates _templates = new();

    public Copy Copy { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        await _templates.InitializeAsync();
        Copy = await _templates.CopyAsync("Refresher");
        await GitAsync("init", "--quiet");
        await GitAsync("add", "--all");
        await GitAsync("-c", "user.name=test", "-c", "user.email=test@example.org", "commit", "--quiet", "--message", "As it was made");
        await Copy.BuildAsync();

        // The broker that `./refresher test` has fetched for this tree; its folder is not under git.
        Directory.CreateSymbolicLink(Path.Combine(Copy.Folder, ".refresher", "kafka"), Path.Combine(Repository.Root, ".refresher", "kafka"));
    }

    public Task DisposeAsync() => _templates.DisposeAsync();

    /// <summary>As it was made; what was built stays, to be built upon.</summary>
    public async Task ResetAsync()
    {
        await GitAsync("reset", "--quiet", "--hard");
        await GitAsync("clean", "--quiet", "--force", "-d");
    }

    private Task<string> GitAsync(params string[] arguments) => Shell.RunAsync(Copy.Folder, "git", arguments);
}

/// <summary>Each folder of tasks can go: its folders and its lines of the catalog are deleted, the migration is generated, the rest builds and passes its tests.</summary>
[Trait("Suite", "template")]
public sealed partial class DeletionTests(WholeTree tree) : IClassFixture<WholeTree>
{
    /// <summary>Pages of the guide are to be rewritten by a person.</summary>
    private const string Rest = "FullyQualifiedName!~Architecture.Tests.DocumentTests";

    public static TheoryData<string> Folders =>
        [.. Directory.EnumerateDirectories(Path.Combine(Repository.Root, "Refresher.Tasks")).Select(folder => Path.GetFileName(folder)).Where(folder => folder is not ("Migrations" or "bin" or "obj")).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Folders))]
    public async Task The_rest_builds_and_passes_its_tests_without(string folder)
    {
        await tree.ResetAsync();
        var copy = tree.Copy;
        var kind = KindOf(folder);
        Delete(folder);
        var (drift, said) = await Shell.TryAsync(copy.Folder, copy.Script, ["migration"]);
        var hadTables = drift != 0;
        if (hadTables)
        {
            Assert.Contains("Add a new migration", said, StringComparison.Ordinal);
            await copy.ScriptAsync("migration", "Without" + folder);
        }

        await copy.BuildAsync();
        if (hadTables)
        {
            // The migration drops them, and nothing more is wanted.
            Assert.Equal(0, (await Shell.TryAsync(copy.Folder, copy.Script, ["migration"])).Code);
        }

        // What Core's tests see of a folder, but for those that name its kind, is its tables: without any they are the same tests of the same program.
        string[] below = hadTables ? ["ServiceDefaults", "Core"] : [];

        // Each project whatever became of those before it: a folder's deletion is looked at once, not once for each fault. Two at a time, since tests wait more than they work.
        var failures = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync((string[])["Tasks", "Web", .. below, "Api", "AppHost", "Architecture"], new ParallelOptions { MaxDegreeOfParallelism = 2 }, async (project, _) =>
        {
            try
            {
                await copy.TestAsync(project, Filter(project, kind));
            }
            catch (InvalidOperationException failure)
            {
                failures.Enqueue(failure.Message);
            }
        });

        Assert.True(failures.IsEmpty, string.Join('\n', failures));
    }

    private string KindOf(string folder) => Directory.EnumerateFiles(Path.Combine(tree.Copy.Folder, "Refresher.Tasks", folder), "*.cs")
        .Select(file => Name().Match(File.ReadAllText(file))).First(match => match.Success).Groups[1].Value;

    private void Delete(string folder)
    {
        var tasks = Path.Combine(tree.Copy.Folder, "Refresher.Tasks");
        var types = Directory.EnumerateFiles(Path.Combine(tasks, folder), "*.cs").SelectMany(file => Kind().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).ToHashSet();
        foreach (var gone in Directory.EnumerateDirectories(tree.Copy.Folder, folder, SearchOption.AllDirectories).Where(path => !path.Contains("/artifacts/", StringComparison.Ordinal)).ToList())
        {
            Directory.Delete(gone, recursive: true);
        }

        var catalog = Path.Combine(tasks, "TaskCatalog.cs");
        var lines = File.ReadAllLines(catalog).Where(line => line != $"using Refresher.Tasks.{folder};" && !(Added().Match(line) is { Success: true } added && types.Contains(added.Groups[1].Value))).ToList();
        var last = lines.FindLastIndex(line => Added().IsMatch(line));
        lines[last] = lines[last].TrimEnd(';') + ";";
        File.WriteAllLines(catalog, lines);
    }

    /// <summary>Without the classes that use the kind as an example, which say its name: in what they do, or by <c>[Trait("Kind", …)]</c>.</summary>
    private string Filter(string project, string kind)
    {
        var folder = Path.Combine(tree.Copy.Folder, "tests", $"Refresher.{project}.Tests");
        var users = Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText)
            .Where(text => Regex.IsMatch(text, $"\"{kind}\\\\?\"|={kind}\\b") && Class().IsMatch(text))
            .SelectMany(text => Class().Matches(text).Select(match => $"{Space().Match(text).Groups[1].Value}.{match.Groups[1].Value}"));
        return string.Join('&', users.Where(name => !name.EndsWith("CatalogTests", StringComparison.Ordinal)).Select(name => $"FullyQualifiedName!~{name}.").Append(Rest).Append("Suite!=chaos").Append("Suite!=ops"));
    }

    [GeneratedRegex("""public static string Name => "([a-z0-9-]+)";""")]
    private static partial Regex Name();

    [GeneratedRegex(@"\bclass (\w+)\b[^{;]*\bIKind\b")]
    private static partial Regex Kind();

    [GeneratedRegex(@"^ +\.Add<(\w+)")]
    private static partial Regex Added();

    [GeneratedRegex(@"^public (?:sealed |abstract |partial )*class (\w+)", RegexOptions.Multiline)]
    private static partial Regex Class();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Space();
}
