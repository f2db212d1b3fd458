namespace Refresher.Ops.Tests;

/// <summary>The tree these tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(new DirectoryInfo(AppContext.BaseDirectory));

    public static string PathOf(string relative) => Path.Combine(Root, relative);

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));

    private static string Find(DirectoryInfo folder) =>
        File.Exists(Path.Combine(folder.FullName, "Refresher.sln")) ? folder.FullName : Find(folder.Parent ?? throw new InvalidOperationException("Refresher.sln is in no folder above the tests."));
}
