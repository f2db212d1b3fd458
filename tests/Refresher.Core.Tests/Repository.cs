using System.Runtime.CompilerServices;

namespace Refresher.Core.Tests;

/// <summary>Files of the repository that tests compare the program with.</summary>
internal static class Repository
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", ".."));

    /// <param name="path">From the root, with slashes.</param>
    public static string PathOf(string path) => Path.Combine(Root, path);

    private static string Here([CallerFilePath] string here = "") => here;
}
