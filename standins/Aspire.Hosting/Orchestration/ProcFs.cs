// Stand-in for Aspire.Hosting: what Linux says about processes and ports.
using System.Globalization;

namespace Aspire.Hosting.Orchestration;

/// <summary>Reads <c>/proc</c> (proc(5)).</summary>
internal static class ProcFs
{
    private static readonly string[] s_tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>When the process started, in clock ticks since boot; null when there is no such process, or only its zombie. With the pid it names one process for ever.</summary>
    public static long? StartOf(int pid) => Stat(pid) is { } fields && fields[0] is not ("Z" or "X") ? long.Parse(fields[19], CultureInfo.InvariantCulture) : null;

    public static bool IsAlive(int pid, long start) => StartOf(pid) == start;

    public static string BootId { get; } = File.Exists("/proc/sys/kernel/random/boot_id") ? File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim() : "";

    /// <summary>All living processes of a session, its leader included.</summary>
    public static IReadOnlyList<int> MembersOf(int session) =>
        [.. Pids().Where(pid => Stat(pid) is { } fields && fields[0] is not ("Z" or "X") && fields[3] == session.ToString(CultureInfo.InvariantCulture))];

    /// <summary>Who listens on a TCP port, as “name (pid n)”; null when nobody is seen to.</summary>
    public static string? HolderOf(int port)
    {
        var inodes = s_tables.Where(File.Exists).SelectMany(table => InodesListening(table, port)).ToHashSet();
        if (inodes.Count == 0)
        {
            return null;
        }

        foreach (var pid in Pids())
        {
            if (Descriptors(pid).Any(inodes.Contains))
            {
                return string.Create(CultureInfo.InvariantCulture, $"{CommandOf(pid)} (pid {pid})");
            }
        }

        return "a process of another user";
    }

    private static IEnumerable<string> InodesListening(string table, int port)
    {
        var suffix = ":" + port.ToString("X4", CultureInfo.InvariantCulture);
        return File.ReadLines(table).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length > 9 && fields[3] == "0A" && fields[1].EndsWith(suffix, StringComparison.Ordinal))
            .Select(fields => $"socket:[{fields[9]}]");
    }

    private static IEnumerable<string> Descriptors(int pid)
    {
        try
        {
            return [.. Directory.EnumerateFiles($"/proc/{pid}/fd").Select(fd => new FileInfo(fd).LinkTarget).OfType<string>()];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string CommandOf(int pid)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{pid}/cmdline").Split('\0', StringSplitOptions.RemoveEmptyEntries);
            var command = words is ["dotnet" or "/usr/bin/dotnet", var program, ..] ? Path.GetFileName(program) : Path.GetFileName(words.FirstOrDefault() ?? "");
            return command.Length > 0 ? command : File.ReadAllText($"/proc/{pid}/comm").Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "a process";
        }
    }

    private static IEnumerable<int> Pids() => Directory.EnumerateDirectories("/proc")
        .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
        .Where(pid => pid > 0);

    /// <summary>The fields of <c>stat</c> from the state on; the name before it may hold spaces and brackets.</summary>
    private static string[]? Stat(int pid)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{pid}/stat");
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
