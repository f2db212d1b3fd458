namespace Refresher.Tasks.Command;

/// <summary>Finds programs as a shell would, in the worker's PATH.</summary>
internal static class ProgramPath
{
    private const string Usual = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    /// <summary>The folders that are searched, separated by colons.</summary>
    public static string Folders => Environment.GetEnvironmentVariable("PATH") is { Length: > 0 } path ? path : Usual;

    /// <summary>The full path of a name or path, without <c>..</c>; null when there is no such program that may be executed.</summary>
    public static string? Find(string program)
    {
        var candidates = program.Contains('/', StringComparison.Ordinal)
            ? [program]
            : Folders.Split(':', StringSplitOptions.RemoveEmptyEntries).Select(folder => Path.Combine(folder, program));
        return program.Length == 0 ? null : candidates.Where(Path.IsPathRooted).Select(Path.GetFullPath).FirstOrDefault(CanRun);
    }

    private static bool CanRun(string path) =>
        File.Exists(path)
        && (OperatingSystem.IsWindows()
            || (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0);
}
