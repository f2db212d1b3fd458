namespace Refresher.Templates.Tests;

/// <summary>Both templates as one package.</summary>
public sealed class PackageTests(Templates templates) : IClassFixture<Templates>
{
    [Fact]
    public async Task What_the_package_makes_is_what_the_tree_makes()
    {
        var folder = templates.Empty();
        await Shell.RunAsync(Repository.Root, "dotnet", ["pack", "templates", "--output", folder, "-v", "q", "-nologo"], ("UseSharedCompilation", "false"));
        var package = Assert.Single(Directory.GetFiles(folder, "*.nupkg"));
        var hive = templates.Empty();
        var copy = new Copy(Path.Combine(folder, "copy"), "MyJobs");

        await Shell.RunAsync(folder, "dotnet", ["new", "install", package, "--debug:custom-hive", hive]);
        await Shell.RunAsync(folder, "dotnet", ["new", "refresher", "--name", copy.Name, "--output", copy.Folder, "--debug:custom-hive", hive]);
        await Shell.RunAsync(folder, "dotnet", ["new", "refresher-task", "--name", "CountWords", "--output", Path.Combine(folder, "task"), "--debug:custom-hive", hive]);

        var expected = await templates.CopyAsync("MyJobs");
        Assert.Equal(expected.Files, copy.Files);
        Assert.All(expected.Files, file => Assert.True(File.ReadAllBytes(Path.Combine(expected.Folder, file)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(copy.Folder, file))), file));
        Assert.True(File.Exists(Path.Combine(folder, "task", "Refresher.Tasks", "CountWords", "CountWordsTask.cs")));
        Options.Hold(copy, []);
    }
}
