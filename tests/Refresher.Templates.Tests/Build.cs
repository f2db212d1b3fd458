using System.Text.RegularExpressions;

namespace Refresher.Templates.Tests;

/// <summary>A tree that is built, and its tests, with local processes.</summary>
public static partial class Build
{
    /// <summary>Builds all of it, as it is after a clone: with an empty package folder when one is given.</summary>
    public static async Task BuildAsync(this Copy copy, string? packages = null)
    {
        var state = Directory.CreateDirectory(Path.Combine(copy.Folder, "." + copy.Name.ToLowerInvariant()));
        await File.WriteAllTextAsync(Path.Combine(state.FullName, "package-set"), "core\n");
        await Shell.RunAsync(copy.Folder, "dotnet", ["build", copy.Name + ".sln", "-nologo", "-v", "q", "-clp:ErrorsOnly", "-p:PackageSet=core"], Environment(packages));
    }

    /// <summary>Runs tests that are built.</summary>
    /// <param name="project">Its name behind that of the tree: <c>Tasks</c> for <c>MyJobs.Tasks.Tests</c>.</param>
    /// <returns>How many passed: at least one.</returns>
    public static async Task<int> TestAsync(this Copy copy, string project, string? filter = null)
    {
        var name = $"{copy.Name}.{project}.Tests";
        string[] arguments = ["vstest", $"artifacts/core/bin/{name}/debug/{name}.dll", .. filter is null ? Array.Empty<string>() : [$"--TestCaseFilter:{filter}"]];
        var text = await Shell.RunAsync(copy.Folder, "dotnet", arguments);
        var passed = Passed().Match(text);
        Assert.True(passed.Success, text);
        return int.Parse(passed.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Its script, where nobody is asked.</summary>
    public static Task<string> ScriptAsync(this Copy copy, params string[] arguments) => Shell.RunAsync(copy.Folder, copy.Script, arguments, Environment(null));

    private static (string, string)[] Environment(string? packages) =>
        [("UseSharedCompilation", "false"), .. packages is null ? Array.Empty<(string, string)>() : [("NUGET_PACKAGES", packages)]];

    [GeneratedRegex(@"Passed: +(\d+)")]
    private static partial Regex Passed();
}
