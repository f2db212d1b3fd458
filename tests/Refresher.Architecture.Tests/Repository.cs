using System.Runtime.CompilerServices;

namespace Refresher.Architecture.Tests;

/// <summary>The files of the repository as they are committed: outputs, packages and local state are left out.</summary>
internal static class Repository
{
    private static readonly string[] NotOurs = ["artifacts", "bin", "obj", "node_modules", "TestResults"];

    public static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <summary>Every file, as a path from the root with slashes.</summary>
    public static readonly IReadOnlyList<string> Files = [.. Walk(Root).Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    /// <summary>The program's own C# files: no stand-ins, no tests, nothing generated.</summary>
    public static IEnumerable<string> Program => Files.Where(file => file.StartsWith("Refresher.", StringComparison.Ordinal) && file.EndsWith(".cs", StringComparison.Ordinal) && !IsGenerated(file));

    public static bool IsGenerated(string file) => file.Contains("/Migrations/", StringComparison.Ordinal);

    public static string[] Lines(string file) => File.ReadAllLines(Path.Combine(Root, file));

    public static string Text(string file) => File.ReadAllText(Path.Combine(Root, file));

    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    private static IEnumerable<string> Walk(string folder) => Directory.EnumerateFiles(folder).Concat(Directory.EnumerateDirectories(folder).Where(IsOurs).SelectMany(Walk));

    private static bool IsOurs(string folder)
    {
        var name = Path.GetFileName(folder);
        return !NotOurs.Contains(name) && (name[0] != '.' || name is ".ci" or ".github" or ".config") && !folder.Replace('\\', '/').EndsWith("wwwroot/lib", StringComparison.Ordinal);
    }

    private static string Here([CallerFilePath] string here = "") => here;
}
