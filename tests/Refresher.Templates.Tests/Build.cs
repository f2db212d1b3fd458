using System.Text.RegularExpressions;

namespace Refresher.Templates.Tests;

/// <summary>A tree that is built, and its tests, with local processes.</summary>
public static partial class Build
{
    private const int Few = 5;

    /// <summary>Builds all of it, as it is after a clone: with an empty package folder when one is given.</summary>
    public static async Task BuildAsync(this Copy copy, string? packages = null)
    {
        var state = Directory.CreateDirectory(Path.Combine(copy.Folder, "." + copy.Name.ToLowerInvariant()));
        await File.WriteAllTextAsync(Path.Combine(state.FullName, "package-set"), "core\n");
        await Shell.RunAsync(copy.Folder, "dotnet", ["build", copy.Name + ".sln", "-nologo", "-v", "q", "-clp:ErrorsOnly", "-p:PackageSet=core"], Environment(packages));
    }

    /// <summary>Runs tests that are built. A few that failed beside the others are run once more, alone, as the script does it.</summary>
    /// <param name="project">Its name behind that of the tree: <c>Tasks</c> for <c>MyJobs.Tasks.Tests</c>.</param>
    /// <returns>How many passed: at least one.</returns>
    /// <exception cref="InvalidOperationException">Some failed; with what was written.</exception>
    public static async Task<int> TestAsync(this Copy copy, string project, string? filter = null)
    {
        var name = $"{copy.Name}.{project}.Tests";
        var (code, text) = await VsTestAsync(copy, name, filter);
        var failed = Failed().Matches(text).Select(match => match.Groups[1].Value).Distinct().ToArray();
        var passed = Passed().Match(text) is { Success: true } match ? int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture) : 0;
        if (failed.Length is > 0 and <= Few)
        {
            (code, var alone) = await VsTestAsync(copy, name, string.Join('|', failed.Select(test => $"FullyQualifiedName={test}")));
            text += alone;
        }

        return code == 0 && passed > 0 ? passed : throw new InvalidOperationException($"{name} in {copy.Folder} ended with {code}:\n{text}");
    }

    /// <summary>Its script, where nobody is asked.</summary>
    public static Task<string> ScriptAsync(this Copy copy, params string[] arguments) => Shell.RunAsync(copy.Folder, copy.Script, arguments, Environment(null));

    private static Task<(int Code, string Text)> VsTestAsync(Copy copy, string name, string? filter) =>
        // A test process that ends stops its servers; a tenth of a second, the default, is short for that.
        Shell.TryAsync(copy.Folder, "dotnet", ["vstest", $"artifacts/core/bin/{name}/debug/{name}.dll", .. filter is null ? Array.Empty<string>() : [$"--TestCaseFilter:{filter}"]], ("VSTEST_TESTHOST_SHUTDOWN_TIMEOUT", "20000"));

    private static (string, string)[] Environment(string? packages) =>
        packages is null ? [] : [("NUGET_PACKAGES", packages)];

    [GeneratedRegex(@"^ +Failed ([\w.]+)", RegexOptions.Multiline)]
    private static partial Regex Failed();

    [GeneratedRegex(@"Passed: +(\d+)")]
    private static partial Regex Passed();
}
