using System.Text.RegularExpressions;
using System.Xml.Linq;
using Refresher.Core.Contract;
using Refresher.Tasks;

namespace Refresher.Architecture.Tests;

/// <summary>Arrows go one way: Core ← Ui ← Tasks ← hosts ← AppHost; hosts also use ServiceDefaults. Core names no task, tasks do not name each other.</summary>
public sealed partial class ArrowTests
{
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Refresher.Core"] = [],
        ["Refresher.ServiceDefaults"] = [],
        ["Refresher.Ui"] = ["Refresher.Core"],
        ["Refresher.Tasks"] = ["Refresher.Ui"],
        ["Refresher.Api"] = ["Refresher.Tasks", "Refresher.ServiceDefaults"],
        ["Refresher.Web"] = ["Refresher.Tasks", "Refresher.ServiceDefaults"],
        ["Refresher.Scheduler"] = ["Refresher.Tasks", "Refresher.ServiceDefaults"],
        ["Refresher.Worker"] = ["Refresher.Tasks", "Refresher.ServiceDefaults"],
        ["Refresher.AppHost"] = ["Refresher.Api", "Refresher.Scheduler", "Refresher.Web", "Refresher.Worker"],
    };

    private static readonly Type[] Kinds = [.. typeof(TaskCatalog).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKind)))];

    [Fact]
    public void Projects_reference_only_what_their_arrows_allow()
    {
        var projects = Repository.Files.Where(file => ProjectFile().IsMatch(file)).ToArray();

        Assert.Equal(Allowed.Keys.Order(), projects.Select(Path.GetFileNameWithoutExtension).Order());
        foreach (var project in projects)
        {
            var references = XDocument.Load(Path.Combine(Repository.Root, project)).Descendants("ProjectReference").Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))
                .Where(path => !path.Contains("standins/", StringComparison.Ordinal)).Select(Path.GetFileNameWithoutExtension);

            Offenders.None(references.Except(Allowed[Path.GetFileNameWithoutExtension(project)]));
        }
    }

    [Fact]
    public void Core_pages_parts_and_service_defaults_name_no_task()
    {
        var names = WordsOf(Kinds.SelectMany(kind => new[] { kind.Name, kind.Namespace! }));

        Offenders.None(Repository.Program.Where(file => (file.StartsWith("Refresher.Core/", StringComparison.Ordinal) || file.StartsWith("Refresher.Ui/", StringComparison.Ordinal) || file.StartsWith("Refresher.ServiceDefaults/", StringComparison.Ordinal))
            && names.IsMatch(Repository.Text(file))));
    }

    [Fact]
    public void Tasks_do_not_name_each_other()
    {
        foreach (var folder in Folders())
        {
            // Another folder's namespace, in full or from where it is seen, and the names of types that are declared in it alone.
            var others = Folders().Where(other => other != folder).ToArray();
            var foreign = others.SelectMany(TypesOf).Except(TypesOf(folder)).Except(others.SelectMany(TypesOf).GroupBy(type => type).Where(type => type.Count() > 1).Select(type => type.Key));
            var names = string.Join('|', others.DefaultIfEmpty("(?!)"));
            var spaces = new Regex($@"\bTasks\.({names})\b|(?<!\.)\b({names})\.");
            var types = WordsOf(foreign);

            Offenders.None(FilesOf(folder).Where(file => spaces.IsMatch(Code(file)) || types.IsMatch(Code(file))));
        }
    }

    [Fact]
    public void A_task_is_named_in_its_folder_and_in_one_line_of_the_catalog_and_nowhere_else()
    {
        foreach (var kind in Kinds)
        {
            var folder = $"Refresher.Tasks/{kind.Namespace!.Split('.')[2]}/";
            var name = WordsOf([kind.Name]);

            var elsewhere = Repository.Files.Where(file => IsCode(file) && file.StartsWith("Refresher.", StringComparison.Ordinal) && !Repository.IsGenerated(file)
                && !file.StartsWith(folder, StringComparison.Ordinal) && name.IsMatch(Repository.Text(file)));

            Assert.Equal(["Refresher.Tasks/TaskCatalog.cs"], elsewhere);
            Assert.Single(Repository.Lines("Refresher.Tasks/TaskCatalog.cs"), line => name.IsMatch(line));
        }
    }

    [Fact]
    public void The_catalog_is_the_only_file_that_tasks_share()
    {
        Assert.Equal(
            ["Refresher.Tasks/Refresher.Tasks.csproj", "Refresher.Tasks/TaskCatalog.cs"],
            Repository.Files.Where(file => file.StartsWith("Refresher.Tasks/", StringComparison.Ordinal) && file.Count(c => c == '/') == 1 && Path.GetFileName(file) is not ("_Imports.razor" or "README.md")));
    }

    private static IEnumerable<string> Folders() => Kinds.Select(kind => kind.Namespace!.Split('.')[2]).Distinct();

    private static IEnumerable<string> FilesOf(string folder) => Repository.Files.Where(file => IsCode(file) && file.StartsWith($"Refresher.Tasks/{folder}/", StringComparison.Ordinal));

    private static IEnumerable<string> TypesOf(string folder) => FilesOf(folder).SelectMany(file => Declaration().Matches(Repository.Text(file))).Select(match => match.Groups[1].Value).Distinct();

    private static bool IsCode(string file) => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal);

    private static string Code(string file) => CommentOrText().Replace(Repository.Text(file), "");

    /// <summary>Of no words, what is nowhere.</summary>
    private static Regex WordsOf(IEnumerable<string> words) => new($@"(?<![\w])({string.Join('|', words.Select(word => $@"\b{Regex.Escape(word)}\b").DefaultIfEmpty("(?!)"))})");

    [GeneratedRegex(@"^Refresher\.\w+/[^/]+\.csproj$")]
    private static partial Regex ProjectFile();

    [GeneratedRegex(@"^\s*(?:public|internal)[\w ]*? (?:class|record struct|record|struct|enum|interface) (\w+)", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"//[^\n]*|""(?:\\.|[^""\\\n])*""")]
    private static partial Regex CommentOrText();
}
