using System.Text.RegularExpressions;

namespace Refresher.Architecture.Tests;

/// <summary>How the house looks: small files, shallow folders, telling names, stand-ins that say so.</summary>
public sealed partial class ShapeTests
{
    /// <summary>Files that may be longer than 300 lines, and why.</summary>
    private static readonly Dictionary<string, string> Long = [];

    [Fact]
    public void Files_are_short()
    {
        Offenders.None(Longer(".cs", 300).Except(Long.Keys));
        Offenders.None(Longer(".razor", 130));
    }

    [Fact]
    public void The_system_fits_on_one_screen_and_entry_points_are_tables_of_contents()
    {
        Assert.InRange(Repository.Lines("Refresher.AppHost/AppHost.cs").Length, 1, 100);
        Assert.All(["Api", "Scheduler", "Web", "Worker"], host => Assert.InRange(Repository.Lines($"Refresher.{host}/Program.cs").Length, 1, 30));
    }

    [Fact]
    public void Folders_are_at_most_three_deep_below_a_project()
    {
        Offenders.None(Repository.Files.Where(file => file.StartsWith("Refresher.", StringComparison.Ordinal) && file.Count(c => c == '/') > 4));
    }

    [Fact]
    public void No_type_is_named_for_what_it_does_to_others()
    {
        Offenders.None(Repository.Program.Where(file => VagueName().IsMatch(Path.GetFileNameWithoutExtension(file))));
    }

    [Fact]
    public void Namespaces_follow_folders()
    {
        foreach (var file in Repository.Program.Where(file => Path.GetFileName(file) is not ("Program.cs" or "AppHost.cs")))
        {
            var space = Namespace().Match(Repository.Text(file)).Groups[1].Value;

            Assert.True(space == Path.GetDirectoryName(file)!.Replace('/', '.').Replace('\\', '.'), $"{file} is in namespace '{space}'.");
        }
    }

    [Fact]
    public void The_program_is_the_same_for_both_sets_of_packages()
    {
        Offenders.None(Repository.Program.Where(file => Repository.Lines(file).Any(line => Choice().IsMatch(line))));
    }

    [Fact]
    public void Stand_ins_say_that_they_are()
    {
        var files = Repository.Files.Where(file => file.StartsWith("standins/", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal)).ToArray();

        Assert.NotEmpty(files);
        Offenders.None(files.Where(file => !Repository.Lines(file)[0].StartsWith("// Stand-in for ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Every_project_is_in_the_solution()
    {
        var solution = Repository.Text("Refresher.sln").Replace('\\', '/');

        // Stand-ins come by reference, where the set of packages asks for them; the templates' project is packed and has nothing to build.
        Offenders.None(Repository.Files.Where(file => file.EndsWith(".csproj", StringComparison.Ordinal) && !file.StartsWith("standins/", StringComparison.Ordinal) && !file.StartsWith("templates/", StringComparison.Ordinal) && !solution.Contains(file, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Longer(string extension, int lines) => Repository.Files
        .Where(file => file.EndsWith(extension, StringComparison.Ordinal) && !Repository.IsGenerated(file) && Repository.Lines(file).Length > lines);

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Utilities|Common)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^\s*#\s*if\b")]
    private static partial Regex Choice();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();
}
