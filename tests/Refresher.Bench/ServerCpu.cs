using System.Globalization;

namespace Refresher.Bench;

/// <summary>Processor time of a server that listens on a port, with all its children, ended ones included: from Linux' <c>/proc</c> (proc(5), fields of <c>stat</c>).</summary>
internal sealed class ServerCpu
{
    private const int TicksPerSecond = 100;

    private readonly int _pid;

    private ServerCpu(int pid) => _pid = pid;

    /// <summary>The server whose command line names the program and the port; null where there is no <c>/proc</c>, or no such server on this machine.</summary>
    public static ServerCpu? Find(string program, int port)
    {
        if (!Directory.Exists("/proc/self"))
        {
            return null;
        }

        var found = Pids().FirstOrDefault(pid => Read($"/proc/{pid}/cmdline") is { } line
            && line.Split('\0') is [var first, .. var rest] && Path.GetFileName(first.Split(' ')[0]) == program && (first + ' ' + string.Join(' ', rest)).Contains(port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal));
        return found == 0 ? null : new ServerCpu(found);
    }

    public TimeSpan Now()
    {
        var own = Stat(_pid);
        var children = Pids().Select(Stat).Where(stat => stat.Parent == _pid).Sum(stat => stat.Ticks);
        return TimeSpan.FromSeconds((double)(own.Ticks + own.OfEndedChildren + children) / TicksPerSecond);
    }

    private static IEnumerable<int> Pids() =>
        Directory.EnumerateDirectories("/proc").Select(path => int.TryParse(Path.GetFileName(path), CultureInfo.InvariantCulture, out var pid) ? pid : 0).Where(pid => pid != 0);

    private static (int Parent, long Ticks, long OfEndedChildren) Stat(int pid)
    {
        // The name in brackets may have spaces; the fields after it do not.
        var fields = Read($"/proc/{pid}/stat") is { } stat ? stat[(stat.LastIndexOf(')') + 2)..].Split(' ') : [];
        return fields.Length < 15 ? default : ((int)Number(1), Number(11) + Number(12), Number(13) + Number(14));

        long Number(int field) => long.Parse(fields[field], CultureInfo.InvariantCulture);
    }

    /// <returns>Null when the process has ended meanwhile.</returns>
    private static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
