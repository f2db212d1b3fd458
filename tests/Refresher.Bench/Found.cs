namespace Refresher.Bench;

/// <summary>What the folders of tasks bring to the bench: found by type, so that a folder can go as a whole.</summary>
internal static class Found
{
    public static IReadOnlyList<T> All<T>() =>
        [.. typeof(Found).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(T))).OrderBy(type => type.FullName, StringComparer.Ordinal).Select(type => (T)Activator.CreateInstance(type)!)];
}
