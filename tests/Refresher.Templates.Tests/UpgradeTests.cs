using System.Text.RegularExpressions;

namespace Refresher.Templates.Tests;

/// <summary>The commands of <c>docs/upgrade.md</c>, typed as they stand there, with two versions of this tree.</summary>
public sealed partial class UpgradeTests : IDisposable
{
    private const string Changed = "docs/limits.md";
    private const string Added = "docs/new-in-this-version.md";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("upgrade-");
    private readonly string[] _blocks =
        [.. Block().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "upgrade.md"))).Select(match => match.Groups[1].Value)];

    private string Origin => Path.Combine(_folder.FullName, "origin");

    private string Mine => Path.Combine(_folder.FullName, "MyJobs");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Two_fresh_copies_bring_what_changed_into_ones_own_and_leave_ones_own_changes()
    {
        await PublishTwoVersionsAsync();
        await TypeAsync(_folder.FullName, $"git clone -q {Origin} old && git -C old checkout -q v1 && dotnet new install old --force && dotnet new refresher -n MyJobs -o {Mine} && dotnet new uninstall $PWD/old");
        await TypeAsync(Mine, "git init -q && git add --all && git commit -qm 'As the template made it'");
        await ChangeOneselfAsync();

        await TypeAsync(_folder.FullName, _blocks[0]);
        await TypeAsync(Mine, _blocks[1].Replace("./myjobs test\n", "", StringComparison.Ordinal));

        await HasBothAsync();
    }

    [Fact]
    public async Task A_branch_of_fresh_copies_merges_what_changed_into_ones_own()
    {
        await PublishTwoVersionsAsync();
        await TypeAsync(_folder.FullName, $"git clone -q {Origin} refresher && git -C refresher checkout -q v1 && dotnet new install refresher --force && dotnet new refresher -n MyJobs");
        await TypeAsync(_folder.FullName, _blocks[2]);
        await ChangeOneselfAsync();

        await TypeAsync(Mine, _blocks[3]);

        await HasBothAsync();
    }

    /// <summary>The second has a file more and another last line in a page.</summary>
    private async Task PublishTwoVersionsAsync()
    {
        Assert.Equal(4, _blocks.Length);
        var files = (await Shell.RunAsync(Repository.Root, "git", ["ls-files"])).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        foreach (var file in files.Where(file => File.Exists(Path.Combine(Repository.Root, file))))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(Origin, file))!);
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(Origin, file));
        }

        await TypeAsync(Origin, "git init -q && git add --all && git commit -qm one && git tag v1");
        await File.AppendAllTextAsync(Path.Combine(Origin, Changed), "\nThe second version of Refresher says this.\n");
        await File.WriteAllTextAsync(Path.Combine(Origin, Added), "# New\n");
        await TypeAsync(Origin, "git add --all && git commit -qm two && git tag v2");
    }

    /// <summary>A folder of tasks goes, and a page gets a first line.</summary>
    private async Task ChangeOneselfAsync()
    {
        var page = Path.Combine(Mine, Changed);
        await File.WriteAllTextAsync(page, "Ours comes first.\n\n" + await File.ReadAllTextAsync(page));
        await TypeAsync(Mine, "git rm -rq MyJobs.Tasks/Canary && git commit -qam Ours");
    }

    private async Task HasBothAsync()
    {
        var page = await File.ReadAllTextAsync(Path.Combine(Mine, Changed));
        Assert.StartsWith("Ours comes first.\n", page, StringComparison.Ordinal);
        Assert.EndsWith("\nThe second version of MyJobs says this.\n", page, StringComparison.Ordinal);
        Assert.True(File.Exists(Path.Combine(Mine, Added)));
        Assert.False(Directory.Exists(Path.Combine(Mine, "MyJobs.Tasks", "Canary")));
        Assert.True(File.Exists(Path.Combine(Mine, "MyJobs.Tasks", "Hello", "HelloTask.cs")));
        Assert.Equal("", (await TypeAsync(Mine, "git ls-files --unmerged")).Trim());
    }

    /// <summary>With the placeholders filled in, in folders and with templates of the test's own.</summary>
    private Task<string> TypeAsync(string folder, string commands)
    {
        var depth = _folder.FullName.Split('/', StringSplitOptions.RemoveEmptyEntries).Length + 2;
        var filled = commands.Replace("ADDRESS-OF-REFRESHER", Origin, StringComparison.Ordinal)
            .Replace("VERSION-YOU-BEGAN-WITH", "v1", StringComparison.Ordinal)
            .Replace("VERSION-YOU-WANT", "v2", StringComparison.Ordinal)
            .Replace("-p3 ", $"-p{depth} ", StringComparison.Ordinal);
        filled = Temporary().Replace(filled, _folder.FullName + "/");

        // It ends with 1 where there are differences.
        filled = Comparison().Replace(filled, "$0 || [ $? -eq 1 ]");
        return Shell.RunAsync(
            folder,
            "bash",
            ["-euc", filled],
            ("DOTNET_CLI_HOME", _folder.FullName),
            ("GIT_AUTHOR_NAME", "test"), ("GIT_AUTHOR_EMAIL", "test@example.org"), ("GIT_COMMITTER_NAME", "test"), ("GIT_COMMITTER_EMAIL", "test@example.org"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"), ("GIT_MERGE_AUTOEDIT", "no"));
    }

    [GeneratedRegex("```bash\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex("^git diff --no-index .*$", RegexOptions.Multiline)]
    private static partial Regex Comparison();

    [GeneratedRegex("(?<=^|[ >])/tmp/(?=refresher|before|after|new)")]
    private static partial Regex Temporary();
}
