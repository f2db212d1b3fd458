using System.Runtime.CompilerServices;

namespace Refresher.Templates.Tests;

/// <summary>The tree that the templates are made of.</summary>
internal static class Repository
{
    public static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    private static string Here([CallerFilePath] string here = "") => here;
}
