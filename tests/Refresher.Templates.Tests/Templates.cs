namespace Refresher.Templates.Tests;

/// <summary>Both templates, installed from this tree for these tests alone, and what was made of them; gone at the end.</summary>
public sealed class Templates : IAsyncLifetime
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates-");

    private string Hive => Path.Combine(_folder.FullName, "hive");

    public async Task InitializeAsync() => await Shell.RunAsync(Repository.Root, "dotnet", ["new", "install", Repository.Root, "--debug:custom-hive", Hive]);

    public Task DisposeAsync()
    {
        _folder.Delete(recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>A copy of the whole solution.</summary>
    public async Task<Copy> CopyAsync(string name, params string[] options)
    {
        var folder = Path.Combine(_folder.FullName, Guid.NewGuid().ToString("N"));
        await Shell.RunAsync(_folder.FullName, "dotnet", ["new", "refresher", "--name", name, "--output", folder, .. options, "--debug:custom-hive", Hive]);
        return new Copy(folder, name);
    }

    /// <summary>A task in a tree that is there.</summary>
    /// <returns>What the template had to say.</returns>
    public Task<string> TaskAsync(string tree, string name, params string[] options) =>
        Shell.RunAsync(tree, "dotnet", ["new", "refresher-task", "--name", name, .. options, "--debug:custom-hive", Hive]);

    /// <summary>An empty folder.</summary>
    public string Empty() => _folder.CreateSubdirectory(Guid.NewGuid().ToString("N")).FullName;
}
